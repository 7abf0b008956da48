// A package's ZIP in the browser: entries as slices of the file, nothing unpacked, since ours are stored.
// The same suspicion as app/evidence/archive.py.
"use strict";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const MOST_FILES = 2000;
const LARGEST_PAPER = 64 << 20;

class BadArchive extends Error {
  constructor(kind, name = "") { super(kind); this.kind = kind; this.name_ = name; }
}

async function bytesOf(blob, from, to) { return new DataView(await blob.slice(from, to).arrayBuffer()); }

function sixtyFour(view, at) {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new BadArchive("form");
  return value;
}

async function unzip(blob) {
  try {
    return await entriesOf(blob);
  } catch (error) {
    if (error instanceof RangeError) throw new BadArchive("form");      // a field lies beyond the end
    throw error;
  }
}

async function entriesOf(blob) {
  const tailAt = Math.max(0, blob.size - 65557);
  const tail = await bytesOf(blob, tailAt, blob.size);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new BadArchive("form");
  let count = tail.getUint16(end + 10, true), size = tail.getUint32(end + 12, true), at = tail.getUint32(end + 16, true);
  if (count === 0xffff || size === 0xffffffff || at === 0xffffffff) {
    if (end < 20 || tail.getUint32(end - 20, true) !== 0x07064b50) throw new BadArchive("form");
    const where = sixtyFour(tail, end - 12);
    const large = await bytesOf(blob, where, where + 56);
    if (large.getUint32(0, true) !== 0x06064b50) throw new BadArchive("form");
    count = sixtyFour(large, 32); size = sixtyFour(large, 40); at = sixtyFour(large, 48);
  }
  if (count > MOST_FILES || size > LARGEST_PAPER) throw new BadArchive("bomb");
  return readDirectory(blob, await bytesOf(blob, at, at + size), count);
}

async function readDirectory(blob, view, count) {
  const files = new Map(), tops = new Set();
  let at = 0, total = 0;
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new BadArchive("form");
    const method = view.getUint16(at + 10, true), link = (view.getUint32(at + 38, true) >>> 28) === 0xa;
    const nameLength = view.getUint16(at + 28, true), extraLength = view.getUint16(at + 30, true);
    const path = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
    const entry = {
      packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), head: view.getUint32(at + 42, true),
    };
    largeFields(view, at + 46 + nameLength, extraLength, entry);
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (path.endsWith("/")) continue;
    const cut = path.lastIndexOf("/"), folder = path.slice(0, Math.max(0, cut)), name = path.slice(cut + 1);
    if (!NAME.test(name) || (cut >= 0 && !NAME.test(folder)) || link) throw new BadArchive("path", path);
    total += entry.size;
    if (method !== 0 || entry.packed !== entry.size || total > blob.size) throw new BadArchive("bomb", path);
    if (files.has(name)) throw new BadArchive("twice", path);
    tops.add(folder);
    const head = await bytesOf(blob, entry.head, entry.head + 30);
    if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) throw new BadArchive("form", path);
    const start = entry.head + 30 + head.getUint16(26, true) + head.getUint16(28, true);
    files.set(name, blob.slice(start, start + entry.size));
  }
  if (tops.size > 1) throw new BadArchive("path", [...tops].sort().pop());
  return files;
}

function largeFields(view, at, length, entry) {
  const end = at + length;
  while (at + 4 <= end) {
    const kind = view.getUint16(at, true), size = view.getUint16(at + 2, true);
    if (kind === 1) {
      let field = at + 4;
      for (const name of ["size", "packed", "head"]) {
        if (entry[name] === 0xffffffff) { entry[name] = sixtyFour(view, field); field += 8; }
      }
    }
    at += 4 + size;
  }
}
