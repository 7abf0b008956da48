// One clip in the browser: its hash, its seal and what its boxes say. The same as app/evidence/onvif_seal.py, boxes.py.
"use strict";

const AT_ONCE = 128 << 20;          // bytes hashed in one call of WebCrypto, which has no way to go on piece by piece
const PIECE = 8 << 20;
const MOST_BOXES = 100000, LARGEST_META = 1 << 20, LARGEST_MOOV = 256 << 20;
const HASH = 32, SALT = 20;         // bytes; ONVIF Export File Format, "Generating the signature"
const SMALLEST_KEY = 2048, LARGEST_KEY = 16384;         // bits
const FROM_1601_US = 11644473600000000n, FROM_1904_S = 2082844800n;
const MASTER = /Viewing copy, encoded again\. Master: SHA-256 ([0-9a-f]{64})/;

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const iso = (us) => `${new Date(Math.floor(us / 1e6) * 1e3).toISOString().slice(0, -5)}.${String(us % 1e6).padStart(6, "0")}Z`;
const digestOf = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// --- hashes ---

// SHA-256 of a file, and of the file with zeros for its seal's signature (null without a seal).
async function hashes(blob, seal = null, advanced = () => {}) {
  if (blob.size <= AT_ONCE) {
    const bytes = new Uint8Array(await blob.arrayBuffer()), plain = hex(await digestOf(bytes));
    if (seal) bytes.fill(0, seal.at, seal.at + seal.size);
    const zeroed = seal && await digestOf(bytes);
    advanced(blob.size);
    return { plain, zeroed };
  }
  const running = pki.sha256.create();
  let zeroed = null;                // on its own from the signature on
  for (let at = 0; at < blob.size; at += PIECE) {
    const piece = new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
    if (seal && !zeroed && at + piece.length > seal.at) zeroed = running.clone();
    running.update(piece);
    if (zeroed) zeroed.update(piece.fill(0, Math.max(0, seal.at - at), Math.max(0, seal.at + seal.size - at)));
    advanced(piece.length);
  }
  return { plain: hex(running.digest()), zeroed: zeroed && zeroed.digest() };
}

const sha256 = async (blob, advanced) => (await hashes(blob, null, advanced)).plain;

// --- boxes ---

// The box that begins at byte `at` of a view; `left`: bytes up to the end of what it lies in.
function boxAt(view, at, left) {
  if (view.byteLength - at < 8) throw new RangeError("cut off");
  let size = view.getUint32(at), head = 8;
  if (size === 1) { size = Number(view.getBigUint64(at + 8)); head = 16; } else if (size === 0) size = left;
  if (size < head || size > left) throw new RangeError("cut off");
  return { kind: String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at + 4, 4)), size, head };
}

async function topBoxes(blob) {
  const found = [];
  for (let at = 0; at < blob.size;) {
    const view = new DataView(await blob.slice(at, at + 16).arrayBuffer()), box = boxAt(view, 0, blob.size - at);
    found.push({ at, ...box });
    if (found.length > MOST_BOXES) throw new RangeError("too many");
    at += box.size;
  }
  return found;
}

function within(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), found = [];
  for (let at = 0; at < bytes.length; at += found.at(-1).size) {
    if (found.length >= MOST_BOXES) throw new RangeError("too many");
    found.push({ at, ...boxAt(view, at, bytes.length - at) });
  }
  return found;
}

const lastOf = (found, kind) => found.filter((b) => b.kind === kind).pop();
const contentOf = (bytes, kind) => {
  const box = within(bytes).find((b) => b.kind === kind);
  return box ? bytes.subarray(box.at + box.head, box.at + box.size) : null;
};

// --- the seal ---

// Where the signature lies, and the certificate beside it; null when there is none. Throws for what is no MP4.
async function sealIn(blob) {
  const last = (await topBoxes(blob)).at(-1);
  if (!last || last.kind !== "meta" || last.size > LARGEST_META) return null;
  let at = last.at, content = new Uint8Array(await blob.slice(last.at, last.at + last.size).arrayBuffer());
  // Full boxes have four bytes before their content, ipro two more for the number of its entries.
  for (const [kind, head] of [["meta", 12], ["ipro", 14], ["sinf", 8], ["schi", 8]]) {
    const box = lastOf(within(content), kind);
    if (!box) return null;
    at += box.at + head;
    content = content.subarray(box.at + head, Math.max(box.at + head, box.at + box.size));
  }
  const inside = within(content), signed = lastOf(inside, "sibo"), certified = lastOf(inside, "cert");
  if (!signed || !certified) return null;
  return { at: at + signed.at + 8, size: signed.size - 8,
    signature: content.slice(signed.at + 8, signed.at + signed.size), certificate: content.slice(certified.at + 8, certified.at + certified.size) };
}

// Who made it: {station, fingerprint}; null when it does not hold for the digest of the clip with zeros in its place.
async function sealedBy(seal, zeroed) {
  try {
    const parsed = pki.asn1js.fromBER(seal.certificate.slice().buffer);
    if (parsed.offset !== seal.certificate.length) return null;
    const certificate = new pki.Certificate({ schema: parsed.result }), key = certificate.subjectPublicKeyInfo;
    if (key.algorithm.algorithmId !== "1.2.840.113549.1.1.1") return null;
    const { modulus, publicExponent } = key.parsedKey;
    const numbers = [modulus, publicExponent].map((one) => big(new Uint8Array(one.valueBlock.valueHexView)));
    if (!await holds(...numbers, zeroed, seal.signature)) return null;
    return { station: commonName(certificate), fingerprint: hex(await digestOf(seal.certificate)) };
  } catch {
    return null;
  }
}

function commonName(certificate) {
  const name = certificate.subject.typesAndValues.find((t) => t.type === "2.5.4.3");
  return name ? String(name.value.valueBlock.value) : "";
}

const big = (bytes) => BigInt(`0x0${hex(bytes)}`);
const bytesOfHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

// RSASSA-PSS with SHA-256 (RFC 8017 8.1.2, 9.1.2) for a digest. WebCrypto takes whole messages only: an hour's clip would
// have to lie in memory at once. Only the public key's side is here, nothing in it is secret.
async function holds(n, e, digest, signature) {
  const bits = n.toString(2).length, length = Math.ceil(bits / 8);
  if (bits < SMALLEST_KEY || bits > LARGEST_KEY || e < 3n || e >> 64n || signature.length !== length) return false;
  const given = big(signature);
  if (given >= n) return false;
  const size = Math.ceil((bits - 1) / 8), spare = 8 * size - (bits - 1);          // bits that must be zero in front
  const text = power(given, e, n).toString(16).padStart(2 * size, "0");
  if (text.length > 2 * size) return false;
  const encoded = bytesOfHex(text), masked = encoded.slice(0, size - HASH - 1), hash = encoded.slice(size - HASH - 1, size - 1);
  if (encoded[size - 1] !== 0xbc || masked[0] >> (8 - spare)) return false;
  const mask = await mgf1(hash, masked.length), block = masked.map((byte, index) => byte ^ mask[index]);
  block[0] &= 0xff >> spare;
  const salted = block.length - SALT;
  if (block[salted - 1] !== 1 || block.subarray(0, salted - 1).some(Boolean)) return false;
  const again = new Uint8Array(8 + HASH + SALT);
  again.set(digest, 8);
  again.set(block.subarray(salted), 8 + HASH);
  return hex(await digestOf(again)) === hex(hash);
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (; exponent; exponent >>= 1n, base = base * base % modulus) if (exponent & 1n) result = result * base % modulus;
  return result;
}

async function mgf1(seed, length) {
  const found = new Uint8Array(Math.ceil(length / HASH) * HASH), counted = new Uint8Array(seed.length + 4);
  counted.set(seed);
  for (let count = 0; count * HASH < length; count++) {
    new DataView(counted.buffer).setUint32(seed.length, count);
    found.set(await digestOf(counted), count * HASH);
  }
  return found.subarray(0, length);
}

// --- what a clip says of itself ---

// {start_us, made_us, unit, operator, camera, master}, as far as they stand there. Throws for boxes of another form.
async function saidIn(blob) {
  const found = {};
  for (const box of await topBoxes(blob)) {
    if (!["meta", "moov"].includes(box.kind) || box.size > LARGEST_MOOV) continue;
    const content = new Uint8Array(await blob.slice(box.at + box.head, box.at + box.size).arrayBuffer());
    if (box.kind === "meta") readMeta(content.subarray(4), found);
    else found.master = MASTER.exec(new TextDecoder("latin1").decode(contentOf(content, "udta") ?? new Uint8Array()))?.[1];
  }
  return found;
}

function readMeta(content, found) {
  const start = contentOf(content, "cstb"), told = contentOf(content, "suep");
  const number = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
  if (start) found.start_us = Number(number(start, 8) / 10n - FROM_1601_US);
  if (!told) return;
  let at = 4;
  const text = () => {
    const end = told.indexOf(0, at);
    if (end < 0) throw new RangeError("cut off");
    const read = new TextDecoder("utf-8", { fatal: true }).decode(told.subarray(at, end));
    at = end + 1;
    return read;
  };
  found.unit = text(); text(); text();
  found.made_us = Number((number(told, at) - FROM_1904_S) * 1000000n);
  at += 8;
  found.operator = text();
  at += 6;
  found.camera = text();
}
