// Runs the checks of verify.html, as it lies in a package, on a folder, ZIP or clip: node run_check.mjs PAGE PACKAGE [FINGERPRINT]
import fs from "node:fs";
import path from "node:path";
import vm from "node:vm";

const [page, target, expected = ""] = process.argv.slice(2);
const html = fs.readFileSync(page, "utf-8");
// The library and the checks; the last script draws the page and needs a browser.
const scripts = [...html.matchAll(/<script id="(pki|check)">([\s\S]*?)<\/script>/g)];
for (const [, , text] of scripts) vm.runInThisContext(text);
const { checkPackage, checkZip, checkClip } = globalThis.lawang;
let told;
if (fs.statSync(target).isDirectory()) {
  const files = new Map(), odd = [];
  for (const entry of fs.readdirSync(target, { withFileTypes: true })) {
    if (entry.isFile()) files.set(entry.name, new Blob([fs.readFileSync(path.join(target, entry.name))]));
    else odd.push(entry.name);
  }
  told = await checkPackage(files, { odd, expected });
} else if (target.endsWith(".mp4")) {
  told = await checkClip(new Blob([fs.readFileSync(target)]), path.basename(target), { expected });
} else {
  told = await checkZip(new Blob([fs.readFileSync(target)]), { expected });
}
console.log(JSON.stringify({ good: told.good, fingerprint: told.fingerprint, findings: told.findings }));
