// Walks the pages of a demonstration with a real browser. Ends with "N passed, N failed".
//
//   node run.mjs BINARY PACKAGES SCREENSHOTS [NAME...]
//
// BINARY is `makegood`, PACKAGES the folder with node_modules, SCREENSHOTS where pictures of every
// screen go. With NAMEs only tests whose names contain one of them are run.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { launch } from "./browser.mjs";
import { demonstration } from "./server.mjs";
import { suites } from "./suites.mjs";

const [binary, packages, screenshots] = process.argv.slice(2, 5).map((path) => resolve(path));
const only = process.argv.slice(5);
mkdirSync(screenshots, { recursive: true });

const tests = [];
for (const suite of suites) suite((name, run) => tests.push({ name, run }));

const server = await demonstration(binary);
const browser = await launch(packages);
let passed = 0;
let failed = 0;
try {
  for (const { name, run } of tests) {
    if (only.length > 0 && !only.some((one) => name.includes(one))) continue;
    const began = Date.now();
    try {
      await run({ binary, server, browser, packages, screenshots });
      passed += 1;
      console.log(`ok      ${name} (${Date.now() - began} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n        ${String(error.stack).replaceAll("\n", "\n        ")}`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
if (passed + failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
