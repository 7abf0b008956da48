"""The two papers that tell how to check: verify.txt with the openssl commands, and the page that does it itself."""

from __future__ import annotations

from app.runtime import paths

_ENGLISH = """\
How to check this package without the program that made it
==========================================================

1. Every file is what it was when the package was made:

     sha256sum -c SHA256SUMS

2. The manifest is signed by the station (openssl 1.1 or newer):

     openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json \\
       -CAfile station.crt -purpose any -no_check_time

3. The certificate is the station's own. Compare this fingerprint with the one that the station has made known in
   another way (by letter, at a hearing, on its notice board); whoever forges a package can put his own beside it:

     openssl x509 -in station.crt -noout -fingerprint -sha256

   Expected: {fingerprint}

4. manifest.json lists every clip with its hash, the span that was asked for and the span that is there, gaps with
   their cause, and the clock. Times are UTC; *_us are microseconds since 1970. Its hashes must be those of step 1.

Or drop the folder or the ZIP on verify.html, in any browser, without network. Whoever doubts the package should take
verify.html from the program, not from the package.

The MP4 files carry the boxes suep, cstb and loci of the ONVIF Export File Format, and its seal: a clip that was sent on
alone can be dropped on verify.html too. Any player plays them.
"""

_INDONESIAN = """\
Cara memeriksa paket ini tanpa program pembuatnya
=================================================

1. Setiap berkas masih sama seperti saat paket dibuat:

     sha256sum -c SHA256SUMS

2. Manifes ditandatangani oleh stasiun (openssl 1.1 atau lebih baru):

     openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json \\
       -CAfile station.crt -purpose any -no_check_time

3. Sertifikat itu memang milik stasiun. Bandingkan sidik jari ini dengan yang diumumkan stasiun lewat jalur lain
   (surat, sidang, papan pengumuman); pemalsu paket dapat menaruh sertifikatnya sendiri:

     openssl x509 -in station.crt -noout -fingerprint -sha256

   Yang diharapkan: {fingerprint}

4. manifest.json memuat setiap klip dengan hash-nya, rentang yang diminta dan yang ada, jeda dengan sebabnya, serta
   jam. Waktu dalam UTC; *_us ialah mikrodetik sejak 1970. Hash-nya harus sama dengan langkah 1.

Atau jatuhkan folder atau ZIP di atas verify.html, di peramban apa pun, tanpa jaringan. Siapa yang meragukan paket ini
sebaiknya mengambil verify.html dari program, bukan dari paket.

Berkas MP4 memuat kotak suep, cstb dan loci dari ONVIF Export File Format, beserta segelnya: klip yang dikirim sendirian
pun dapat dijatuhkan di atas verify.html. Pemutar apa pun dapat memutarnya.
"""

_MARK = "/*PKI*/"           # where the library goes in the page


def guide(fingerprint: str, language: str) -> bytes:
    """verify.txt; ``fingerprint`` in hexadecimal, printed as openssl prints it."""
    pairs = ":".join(fingerprint[at:at + 2] for at in range(0, len(fingerprint), 2)).upper()
    return (_INDONESIAN if language == "id" else _ENGLISH).format(fingerprint=pairs).encode()


def page() -> bytes:
    """verify.html: one file with its library inside. Raises OSError when the program's files are missing."""
    folder = paths.resources_dir() / "evidence"
    library = (folder / "pki.js").read_text("utf-8")
    if "</script" in library.lower():
        raise ValueError("the library would end the page's script")
    checks = "".join((folder / name).read_text("utf-8") for name in ("clip.js", "zip.js", "check.js"))
    page = (folder / "verify.html").read_text("utf-8").replace("/*CHECK*/", checks)
    return page.replace(_MARK, library).encode()
