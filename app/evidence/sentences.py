"""What the check of a package found, one sentence each, in the operator's language."""

from __future__ import annotations

from app.evidence.findings import Finding
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

SENTENCES = {
    "archive.form": N_("This is no package: it cannot be read as a ZIP."),
    "archive.path": N_("The ZIP wants to write outside its folder or into another one: {name}."),
    "archive.bomb": N_("The ZIP claims to hold more than it can, or is packed as Lawang never packs: {name}."),
    "archive.twice": N_("The ZIP holds a file twice: {name}."),
    "odd": N_("Does not belong into a package: {name}."),
    "missing": N_("Missing: {name}."),
    "added": N_("Added after the package was signed: {name}."),
    "changed": N_("Changed: {name}."),
    "unreadable": N_("Cannot be read: {name} ({reason})."),
    "hashes": N_("{count} of {all} files have the hash that was signed."),
    "sums.good": N_("SHA256SUMS says the same as the manifest."),
    "sums.bad": N_("SHA256SUMS says something else than the manifest."),
    "manifest.form": N_("The manifest is not in the form that Lawang writes ({reason})."),
    "signature.good": N_("The manifest is signed by “{station}”."),
    "signature.form": N_("The signature cannot be read."),
    "signature.content": N_("The manifest was changed after it was signed, or the signature belongs to another one."),
    "signature.key": N_("The signature was not made with the key of the certificate beside it."),
    "station.expected": N_("The certificate is the expected one: {fingerprint}."),
    "station.foreign": N_("Another station signed: “{station}”, {fingerprint}."),
    "station.known": N_("The certificate is that of this station, “{station}”: {fingerprint}."),
    "station.compare": N_("Compare the fingerprint with the one that “{station}” has made known: {fingerprint}."),
    "station.other": N_("The manifest names the certificate {named}, but {fingerprint} signed it."),
    "clip.form": N_("{name} is no MP4 clip, or is cut off: it cannot be read to its end."),
    "clip.says": N_("It says: “{camera}”, from {start}; handed out at {made} by “{operator}”, {unit}."),
    "clip.viewing": N_("This is a viewing copy, encoded again; the evidence is the clip that has the SHA-256 "
                       "{master}."),
    "seal.good": N_("{name} is as “{station}” sealed it."),
    "seal.none": N_("{name} carries no seal: whether it was changed only its package can show."),
    "seal.bad": N_("The seal inside {name} does not hold."),
    "seal.other": N_("The seal inside {name} was made with another certificate: {fingerprint}."),
    "part.unlisted": N_("The manifest contradicts itself about {name}."),
    "part.start": N_("{name} states another start than the manifest."),
    "source.changed": N_("{camera}: the recording {name} had changed before it was copied."),
    "span.whole": N_("{camera}: all {asked} s asked for, {before} s before and {after} s after them."),
    "span.gaps": N_("{camera}: of {asked} s asked for {gone} s have no pictures, in {count} stated gaps."),
    "span.silent": N_("{camera}: {seconds} s are neither in a clip nor stated as a gap."),
    "viewing": N_("This is a viewing copy, encoded again; the evidence is the package whose manifest.json has the "
                  "SHA-256 {master}."),
    "stamp.good": N_("“{authority}” ({fingerprint}) stamped the signature at {at}."),
    "stamp.form": N_("The time stamp cannot be read."),
    "stamp.content": N_("The time stamp belongs to another signature."),
    "stamp.key": N_("The time stamp was not made with the key of an authority's certificate."),
    "custody.good": N_("The chain of custody holds up to line {line}; {count} of its last {all} lines concern this."),
    "custody.broken": N_("The chain of custody is broken at line {line}."),
    "custody.other": N_("The chain of custody does not end with this hand-out."),
}


def sentence(finding: Finding) -> str:
    """The sentence of a finding."""
    return _(SENTENCES[finding.key]).format(**finding.facts)
