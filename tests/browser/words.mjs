// What pages say, by the names of messages: so a journey is told once and walked in any language.

import { readFileSync } from "node:fs";

const FOLDER = new URL("../../crates/pages/messages/", import.meta.url);

/** Blanks, and the signs that keep a value in its own order, which nobody sees. */
const APART = "[\\s\\u2068\\u2069]*";

const rooms = new Map();

/** A message, as its file has it. What Arabic does not say is said in English. */
export function text(language, message) {
  const [room, ...name] = message.split(".");
  const said = messages(language, room).get(name.join(".")) ?? messages("en", room).get(name.join("."));
  if (said === undefined) throw new Error(`no file has the message ${message}`);
  return said;
}

/** What the whole of a message is recognized by, whatever its values are. */
export function whole(language, message) {
  return new RegExp(`^${APART}${pattern(text(language, message))}${APART}$`);
}

/** The same for the beginning of a label, behind which more may stand. */
export function beginning(language, message) {
  return new RegExp(`^${APART}${pattern(text(language, message))}`);
}

/** The same somewhere in a text. */
export function within(language, message) {
  return new RegExp(pattern(text(language, message)));
}

/** A message with this value in it. */
export function holding(language, message, value) {
  return new RegExp(pattern(text(language, message), `${APART}${value}${APART}`));
}

function pattern(said, value = ".+") {
  const pieces = said.split(/\{[a-z_]+\}/);
  const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return escaped.join(value).replace(/\s+/g, "\\s+");
}

function messages(language, room) {
  const path = `${language}/${room}.toml`;
  if (!rooms.has(path)) rooms.set(path, read(path));
  return rooms.get(path);
}

function read(path) {
  let file = "";
  try {
    file = readFileSync(new URL(path, FOLDER), "utf8");
  } catch {
    // The console speaks English only.
  }
  const line = /^"?([a-z_.]+)"? = ("(?:[^"\\]|\\.)*")$/gm;
  return new Map([...file.matchAll(line)].map(([, name, said]) => [name, JSON.parse(said)]));
}
