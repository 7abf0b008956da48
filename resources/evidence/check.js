// A package checked in the browser: every hash, the CMS signature, the spans. Loads nothing, writes nothing.
// The same findings, by the same names, as app/evidence/checking.py.
"use strict";

const LISTED_NOT = new Set(["manifest.json", "manifest.p7s", "SHA256SUMS", "manifest.tsr"]);
const GAP_US = 2000000;

const seconds = (us) => `${Math.floor(us / 1e6)}.${String(Math.floor((us % 1e6) / 1e3)).padStart(3, "0")}`;
const camera_name = (c) => `${String(c.identity.number).padStart(4, "0")} ${c.identity.name}`;

// --- the signature, by PKI.js ---

async function checkSignature(manifest, signature, tell) {
  let signed, certificate;
  try {
    const info = pki.ContentInfo.fromBER(signature);
    if (info.contentType !== "1.2.840.113549.1.7.2") throw new Error("not signed data");
    signed = new pki.SignedData({ schema: info.content });
    if (signed.encapContentInfo.eContent || signed.signerInfos.length !== 1) throw new Error("not one detached signer");
    const signer = signed.signerInfos[0], id = signer.sid;
    if (signer.digestAlgorithm.algorithmId !== "2.16.840.1.101.3.4.2.1" || !signer.signedAttrs) throw new Error("form");
    certificate = signed.certificates.find((c) => c.issuer.isEqual(id.issuer) && c.serialNumber.isEqual(id.serialNumber));
    if (!certificate) throw new Error("no certificate");
    const stated = signer.signedAttrs.attributes.filter((a) => a.type === "1.2.840.113549.1.9.4");
    if (stated.length !== 1) throw new Error("no digest");
    const digest = hex(new Uint8Array(stated[0].values[0].valueBlock.valueHexView));
    if (digest !== hex(await digestOf(manifest))) {
      tell("bad", "signature.content");
      return null;
    }
  } catch {
    tell("bad", "signature.form");
    return null;
  }
  let good = false;
  try {
    good = await signed.verify({ signer: 0, data: manifest, checkChain: false });
  } catch { /* PKI.js throws for a key that does not fit */ }
  if (!good) {
    tell("bad", "signature.key");
    return null;
  }
  const der = certificate.toSchema(true).toBER(false);
  return { station: commonName(certificate), fingerprint: hex(await digestOf(der)) };
}

// --- the time stamp (RFC 3161) of the signature, by PKI.js ---

async function checkStamp(answer, signature, tell) {
  let signed, certificate, at, authority;
  try {
    const [status, token] = pki.asn1js.fromBER(answer).result.valueBlock.value;
    if (status.valueBlock.value[0].valueBlock.valueDec > 1) throw new Error("refused");
    signed = new pki.SignedData({ schema: new pki.ContentInfo({ schema: token }).content });
    if (signed.encapContentInfo.eContentType !== "1.2.840.113549.1.9.16.1.4" || signed.signerInfos.length !== 1) throw new Error("form");
    const id = signed.signerInfos[0].sid;
    certificate = signed.certificates.find((c) => c.issuer.isEqual(id.issuer) && c.serialNumber.isEqual(id.serialNumber));
    const info = pki.asn1js.fromBER(signed.encapContentInfo.eContent.getValue()).result.valueBlock.value;
    const [method, digest] = info[2].valueBlock.value;
    const names = { "2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384", "2.16.840.1.101.3.4.2.3": "SHA-512" };
    const found = await crypto.subtle.digest(names[method.valueBlock.value[0].valueBlock.toString()], signature);
    if (hex(new Uint8Array(found)) !== hex(new Uint8Array(digest.valueBlock.valueHexView))) { tell("bad", "stamp.content"); return; }
    at = info[4].toDate().toISOString();
    authority = commonName(certificate);
  } catch {
    tell("bad", "stamp.form");
    return;
  }
  let good = false;
  try {
    const purposes = certificate.extensions.find((e) => e.extnID === "2.5.29.37")?.parsedValue.keyPurposes ?? [];
    good = purposes.includes("1.3.6.1.5.5.7.3.8") && await signed.verify({ signer: 0, data: signature, checkChain: false });
  } catch { /* PKI.js throws for a key that does not fit */ }
  if (!good) { tell("bad", "stamp.key"); return; }
  const der = certificate.toSchema(true).toBER(false);
  tell("good", "stamp.good", { at, authority, fingerprint: hex(await digestOf(der)) });
}

// --- the manifest ---

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("a number that is not whole");
  return JSON.stringify(value);
}

function readManifest(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const manifest = JSON.parse(text);
  // A name that stands twice is lost by JSON.parse, so the text written again is shorter: that is found here.
  if (canonical(manifest) !== text) throw new Error("not canonical");
  if (manifest.format !== "lawang-evidence" || manifest.version !== 1) throw new Error("another format");
  const listed = new Map();
  for (const { name, bytes: size, sha256: digest } of manifest.files) {
    if (!NAME.test(name) || LISTED_NOT.has(name) || listed.has(name)) throw new Error("names");
    listed.set(name, { size, digest });
  }
  return { manifest, listed };
}

function silence(t0, t1, stretches) {
  let at = t0, silent = 0;
  for (const [start, end] of stretches.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    silent += Math.max(0, Math.min(start, t1) - at);
    at = Math.max(at, end);
    if (at >= t1) return silent;
  }
  return silent + t1 - at;
}

async function checkSpans(manifest, files, listed, tell) {
  const t0 = manifest.requested.in_us, t1 = manifest.requested.out_us;
  if (manifest.master_sha256) tell("note", "viewing", { master: manifest.master_sha256 });
  for (const c of manifest.cameras) {
    const camera = camera_name(c);
    for (const part of c.parts) {
      if (listed.get(part.file)?.digest !== part.sha256) tell("bad", "part.unlisted", { name: part.file });
      else if (await startsElsewhere(files.get(part.file), part.start_us)) tell("bad", "part.start", { name: part.file });
      for (const source of part.sources) {
        if (source.changed_since_recorded) tell("note", "source.changed", { camera, name: source.name });
      }
    }
    const pairs = [...c.parts, ...c.gaps].map((p) => [p.start_us, p.end_us]);
    const silent = silence(t0, t1, pairs);
    if (silent > GAP_US) {
      tell("bad", "span.silent", { camera, seconds: seconds(silent) });
    } else if (c.gaps.length) {
      const gone = c.gaps.reduce((sum, g) => sum + Math.min(t1, g.end_us) - Math.max(t0, g.start_us), 0);
      tell("note", "span.gaps", { camera, asked: seconds(t1 - t0), gone: seconds(gone), count: c.gaps.length });
    } else {
      tell("good", "span.whole", {
        camera, asked: seconds(t1 - t0), before: seconds(Math.max(0, t0 - c.start_us)),
        after: seconds(Math.max(0, c.end_us - t1)),
      });
    }
  }
}

// Whether a clip states another start than the manifest; what cannot be read is told by its hash.
async function startsElsewhere(blob, start) {
  try {
    return blob !== undefined && ((await saidIn(blob)).start_us ?? -1) !== start;
  } catch {
    return false;
  }
}

// --- the chain of custody, see app/model/custody.py ---

async function textHash(text) {
  return hex(await digestOf(new TextEncoder().encode(text)));
}

async function checkCustody(manifest, tell) {
  const told = manifest.custody;
  if (!told) return;
  let before = told.before, seq = null;
  for (const link of told.links) {
    if (!Number.isSafeInteger(link.seq) || (link.line !== undefined && typeof link.line !== "string")) throw new Error("custody");
    seq = seq === null ? link.seq : seq + 1;
    const line = link.line ? JSON.parse(link.line) : null;
    if (link.seq !== seq || (line && (line.seq !== seq || line.station !== told.station))) {
      tell("bad", "custody.broken", { line: seq });
      return;
    }
    before = await textHash(before + (line ? await textHash(link.line) : link.sha256));
  }
  const last = told.links.at(-1)?.line;
  if (before !== told.head) { tell("bad", "custody.broken", { line: seq ?? 0 }); return; }
  const begun = last ? JSON.parse(last) : null, what = begun?.what, asked = manifest.requested;
  if (!begun || begun.act !== "export" || what.case !== manifest.case.name || what.in_us !== asked.in_us ||
      what.out_us !== asked.out_us || canonical(what.cameras) !== canonical(manifest.cameras.map((c) => c.identity.id))) {
    tell("bad", "custody.other");
    return;
  }
  tell("good", "custody.good", { count: told.links.filter((l) => l.line).length, all: told.links.length, line: seq });
}

// --- everything ---

async function checkFiles(files, listed, told, advanced) {
  let good = 0;
  for (const [name, { size, digest }] of listed) {
    const blob = files.get(name);
    if (!blob) { told.tell("bad", "missing", { name }); continue; }
    const seal = name.endsWith(".mp4") ? await sealIn(blob).catch(() => null) : null;
    let found = null;
    try {
      found = await hashes(blob, seal, advanced);
    } catch (error) {
      told.tell("bad", "unreadable", { name, reason: error.name });
      continue;
    }
    if (found.plain !== digest || blob.size !== size) { told.tell("bad", "changed", { name }); continue; }
    good++;
    told.whole.add(name);
    if (!seal) continue;
    const signer = await sealedBy(seal, found.zeroed);          // that it holds and is the station's own goes without saying
    if (!signer) told.tell("bad", "seal.bad", { name });
    else if (told.fingerprint && signer.fingerprint !== told.fingerprint) told.tell("note", "seal.other", { name, fingerprint: signer.fingerprint });
  }
  for (const name of [...files.keys()].sort()) {
    if (!listed.has(name) && !LISTED_NOT.has(name)) told.tell("bad", "added", { name });
  }
  if (good) told.tell("good", "hashes", { count: good, all: listed.size });
}

async function checkSums(files, listed, told) {
  const sums = files.get("SHA256SUMS");
  if (!sums) { told.tell("bad", "missing", { name: "SHA256SUMS" }); return; }
  const wanted = new Map([...listed].map(([name, { digest }]) => [name, digest]));
  for (const name of ["manifest.json", "manifest.p7s"]) {
    wanted.set(name, files.has(name) ? await sha256(files.get(name)) : "");
  }
  const lines = (await sums.text()).split("\n").filter(Boolean);
  const same = lines.length === wanted.size && new Set(lines).size === lines.length && lines.every((line) => {
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    return match && wanted.get(match[2]) === match[1];
  });
  told.tell(same ? "good" : "bad", same ? "sums.good" : "sums.bad");
}

function blank() {
  const told = { findings: [], manifest: null, fingerprint: "", whole: new Set(), single: false };
  told.tell = (verdict, key, facts = {}) => told.findings.push({ verdict, key, facts });
  return told;
}

const isGood = (told) => told.findings.length > 0 && told.findings.every((f) => f.verdict !== "bad");

// files: Map of name -> Blob. odd: names that are folders. expected: a fingerprint from elsewhere, or "".
// Gives {findings: [{verdict, key, facts}], manifest, fingerprint, good, whole: names whose hash holds}.
async function checkPackage(files, { odd = [], expected = "", advanced = () => {} } = {}) {
  const told = blank();
  for (const name of odd) told.tell("bad", "odd", { name });
  const papers = {};
  for (const name of ["manifest.json", "manifest.p7s"]) {
    const blob = files.get(name);
    if (!blob) told.tell("bad", "missing", { name });
    else if (blob.size > LARGEST_PAPER) told.tell("bad", "unreadable", { name, reason: "size" });
    else papers[name] = await blob.arrayBuffer();
  }
  const paper = papers["manifest.json"];
  if (paper && papers["manifest.p7s"]) {
    const signer = await checkSignature(paper, papers["manifest.p7s"], told.tell);
    if (signer) {
      told.tell("good", "signature.good", { station: signer.station });
      tellStation(signer, plainPrint(expected), told);
    }
  }
  const stamp = files.get("manifest.tsr");
  if (stamp && papers["manifest.p7s"]) {
    await checkStamp(stamp.size > LARGEST_PAPER ? new ArrayBuffer(0) : await stamp.arrayBuffer(), papers["manifest.p7s"], told.tell);
  }
  if (paper) {
    let read = null;
    try { read = readManifest(paper); } catch (error) { told.tell("bad", "manifest.form", { reason: error.message }); }
    if (read) {
      told.manifest = read.manifest;
      await checkFiles(files, read.listed, told, advanced);
      await checkSums(files, read.listed, told);
      try {
        const named = read.manifest.station.certificate_sha256;
        if (told.fingerprint && named !== told.fingerprint) {
          told.tell("bad", "station.other", { named, fingerprint: told.fingerprint });
        }
        await checkSpans(read.manifest, files, read.listed, told.tell);
        await checkCustody(read.manifest, told.tell);
      } catch (error) { told.tell("bad", "manifest.form", { reason: error.message }); }
    }
  }
  told.good = isGood(told);
  return told;
}

// A single clip that left its package, as app/evidence/lone.py looks at it.
async function checkClip(blob, name, { expected = "", advanced = () => {} } = {}) {
  const told = blank();
  told.single = true;
  try {
    const seal = await sealIn(blob);
    const found = seal && await hashes(blob, seal, advanced), signer = found && await sealedBy(seal, found.zeroed);
    if (!seal) told.tell("bad", "seal.none", { name });
    else if (!signer) told.tell("bad", "seal.bad", { name });
    else {
      told.tell("good", "seal.good", { name, station: signer.station });
      tellStation(signer, plainPrint(expected), told);
      await tellSaid(blob, told);
    }
  } catch (error) {
    if (error instanceof RangeError) told.tell("bad", "clip.form", { name });
    else told.tell("bad", "unreadable", { name, reason: error.name });
  }
  told.good = isGood(told);
  if (told.good) told.whole.add(name);
  return told;
}

async function tellSaid(blob, told) {
  const said = await saidIn(blob).catch(() => ({}));      // sealed by someone who writes these boxes otherwise
  if (![said.start_us, said.made_us].every(Number.isSafeInteger)) return;
  told.tell("good", "clip.says", { camera: said.camera || "-", start: iso(said.start_us), made: iso(said.made_us),
    operator: said.operator || "-", unit: said.unit || "-" });
  if (said.master) told.tell("note", "clip.viewing", { master: said.master });
}

const plainPrint = (text) => text.toLowerCase().replace(/[: ]/g, "");

function tellStation({ station, fingerprint }, expected, told) {
  told.fingerprint = fingerprint;
  if (!expected) told.tell("note", "station.compare", { station, fingerprint });
  else if (expected === fingerprint) told.tell("good", "station.expected", { station, fingerprint });
  else told.tell("bad", "station.foreign", { station, fingerprint });
}

async function checkZip(blob, options = {}) {
  let files;
  try {
    files = await unzip(blob);
  } catch (error) {
    const kind = error instanceof BadArchive ? error.kind : "form";
    return { findings: [{ verdict: "bad", key: `archive.${kind}`, facts: { name: error.name_ || "" } }],
      manifest: null, fingerprint: "", good: false, whole: new Set(), files: new Map() };
  }
  return { ...(await checkPackage(files, options)), files };
}

globalThis.lawang = { checkPackage, checkZip, checkClip, sha256, unzip };
