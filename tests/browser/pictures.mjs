// The designs of gifts as PNG, for programs that show no SVG: previews of links, and mail.
//
//   node tests/browser/pictures.mjs .tools/browser
//
// draws each drawing of crates/pages/assets/gifts anew into crates/pages/assets/pictures; a test
// compares the two.

import { readFileSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { launch } from "./browser.mjs";

const ASSETS = fileURLToPath(new URL("../../crates/pages/assets", import.meta.url));

/** Pixels of what programs show of a link: the size that they ask for. */
export const SIZE = { width: 1200, height: 630 };

/** Names of all designs. */
export function designs() {
  const files = readdirSync(join(ASSETS, "gifts")).filter((name) => name.endsWith(".svg"));
  return files.map((name) => name.replace(".svg", "")).sort();
}

/** The drawing of a design as an address of a picture. What it says of its ratio decides what is cut. */
export function drawing(design) {
  const svg = readFileSync(join(ASSETS, "gifts", `${design}.svg`), "utf8");
  const sized = svg.replace("<svg ", `<svg width="${SIZE.width}" height="${SIZE.height}" `);
  return `data:image/svg+xml;base64,${Buffer.from(sized).toString("base64")}`;
}

/** Pixels of a picture, four bytes each; drawn large enough to fill the size. */
export async function pixels(page, address) {
  const base64 = await page.evaluate(
    async ([src, { width, height }]) => {
      const image = new Image(width, height);
      image.src = src;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      let text = "";
      for (let at = 0; at < data.length; at += 32_768) {
        text += String.fromCharCode(...data.subarray(at, at + 32_768));
      }
      return btoa(text);
    },
    [address, SIZE],
  );
  return Buffer.from(base64, "base64");
}

/** A PNG with a palette: drawings have few colors, and those at their edges are near to others. */
function png(rgba) {
  const palette = frequent(rgba);
  const known = new Map(palette.map((color, index) => [color, index]));
  const rows = Buffer.alloc(SIZE.height * (SIZE.width + 1));
  for (let y = 0; y < SIZE.height; y += 1) {
    for (let x = 0; x < SIZE.width; x += 1) {
      const color = rgba.readUIntBE((y * SIZE.width + x) * 4, 3);
      if (!known.has(color)) known.set(color, nearest(palette, color));
      rows[y * (SIZE.width + 1) + 1 + x] = known.get(color);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIZE.width, 0);
  head.writeUInt32BE(SIZE.height, 4);
  head.set([8, 3], 8); // eight bits, each the number of a color
  const colors = Buffer.alloc(palette.length * 3);
  palette.forEach((color, index) => colors.writeUIntBE(color, index * 3, 3));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(rows, { level: 9 });
  const parts = [["IHDR", head], ["PLTE", colors], ["IDAT", data], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([signature, ...parts.map(([name, bytes]) => chunk(name, bytes))]);
}

function chunk(name, bytes) {
  const named = Buffer.concat([Buffer.from(name), bytes]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(bytes.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** The check of a chunk (PNG, annex D); older Node has none of its own. */
function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

/** The 64 colors that a picture has most of. */
function frequent(rgba) {
  const counts = new Map();
  for (let at = 0; at < rgba.length; at += 4) {
    const color = rgba.readUIntBE(at, 3);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, many], [b, more]) => more - many || a - b);
  return sorted.slice(0, 64).map(([color]) => color);
}

function nearest(palette, color) {
  const parts = (one) => [one >> 16, (one >> 8) & 255, one & 255];
  const wanted = parts(color);
  const far = (one) => parts(one).reduce((sum, part, at) => sum + (part - wanted[at]) ** 2, 0);
  const distances = palette.map(far);
  return distances.indexOf(Math.min(...distances));
}

async function main(packages) {
  const browser = await launch(packages);
  try {
    const page = await browser.newPage();
    for (const design of designs()) {
      const bytes = png(await pixels(page, drawing(design)));
      writeFileSync(join(ASSETS, "pictures", `${design}.png`), bytes);
      console.log(`${design} ${bytes.length} bytes`);
    }
  } finally {
    await browser.close();
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(resolve(process.argv[2]));
}
