// Servers in folders of their own, on free ports of this machine.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Milliseconds in which a server listens; a demonstration fills its shop before. */
const PATIENCE = 300_000;

/** A test book with a living shop. */
export async function demonstration(binary) {
  const folder = mkdtempSync(join(tmpdir(), "makegood-browser-"));
  const data = join(folder, "shop");
  // The port is found out first, since letters name it.
  const port = await freePort();
  const args = ["demo", "--listen", `127.0.0.1:${port}`, "--data", data, "--json"];
  const isReady = (line) => line.startsWith("{") && line.includes("listening_on");
  const { child, line } = await started(binary, args, process.env, isReady);
  const told = JSON.parse(line);
  return server(child, {
    origin: told.pages,
    address: told.listening_on,
    key: told.secret_key,
    mailFolder: `${data}-mail`,
    tidy: () => rmSync(folder, { recursive: true, force: true }),
  });
}

/** An empty test book in a database of its own on PostgreSQL. */
export async function onPostgres(binary) {
  const shared = process.env.MAKEGOOD_TEST_DATABASE;
  if (!shared) {
    const how = "export MAKEGOOD_TEST_DATABASE=$(tests/postgres start /tmp/makegood-postgres)";
    throw new Error(`no PostgreSQL to test on: ./test starts one; by hand: ${how}`);
  }
  const folder = mkdtempSync(join(tmpdir(), "makegood-browser-"));
  const name = `browser_${process.pid}`;
  sql(shared, `create database ${name}`);
  const port = await freePort();
  const [key, mailFolder] = ["mg_test_0123456789abcdef0123", join(folder, "mail")];
  mkdirSync(mailFolder);
  const origin = `http://localhost:${port}`;
  const foreign = Object.keys(process.env).filter((one) => one.startsWith("MAKEGOOD_"));
  const environment = { ...process.env, ...Object.fromEntries(foreign.map((one) => [one, undefined])) };
  Object.assign(environment, {
    MAKEGOOD_DATA: join(folder, "data"),
    MAKEGOOD_DATABASE: shared.replace(/[^/]*$/, name),
    MAKEGOOD_BOOTSTRAP_KEY: key,
    MAKEGOOD_SITE_ORIGIN: origin,
    MAKEGOOD_SITE_BOOK: "test",
    MAKEGOOD_SITE_NAME: "Corner Shop",
    MAKEGOOD_MAIL_FOLDER: mailFolder,
    MAKEGOOD_MAIL_FROM: "shop@shop.example",
    MAKEGOOD_MAIL_CLAIM_PAGE: `${origin}/gift`,
  });
  const args = ["serve", "--listen", `127.0.0.1:${port}`];
  const isReady = (line) => line.startsWith("listening on http://");
  const { child, line } = await started(binary, args, environment, isReady);
  const tidy = () => {
    sql(shared, `drop database ${name} with (force)`);
    rmSync(folder, { recursive: true, force: true });
  };
  return server(child, { origin, address: line.replace("listening on ", ""), key, mailFolder, tidy });
}

function sql(database, statement) {
  const script = fileURLToPath(new URL("../postgres", import.meta.url));
  execFileSync(script, ["run", "psql", "--quiet", "--dbname", database, "--command", statement]);
}

/** A process and the line by which it says that it is ready. */
async function started(binary, args, env, isReady) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], env });
  let errors = "";
  child.stderr.on("data", (bytes) => (errors = (errors + bytes).slice(-4_000)));
  const line = await new Promise((resolve, reject) => {
    let out = "";
    const timer = setTimeout(() => reject(new Error(`it does not listen:\n${errors}`)), PATIENCE);
    child.once("exit", (code) => reject(new Error(`it ended with ${code}:\n${errors}`)));
    child.stdout.on("data", (bytes) => {
      out += bytes;
      const found = out.split("\n").slice(0, -1).find(isReady);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { child, line };
}

function server(child, { origin, address, key, mailFolder, tidy }) {
  return {
    origin,
    /** Asks the API as the shop's own program. */
    async api(method, path, body) {
      const headers = { authorization: `Bearer ${key}` };
      if (body) headers["content-type"] = "application/json";
      if (method !== "GET") headers["idempotency-key"] = `browser-${Math.random()}`;
      const sent = { method, headers, body: body && JSON.stringify(body) };
      const answer = await fetch(`${address}${path}`, sent);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : null;
    },
    /** Mails to an address, oldest first. */
    mails(to) {
      const files = readdirSync(mailFolder).map((name) => join(mailFolder, name));
      const whole = files.filter((file) => file.endsWith(".eml"));
      whole.sort((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs);
      return whole.map((file) => readFileSync(file, "utf8")).filter((mail) => mail.includes(to));
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      tidy();
    },
  };
}

async function freePort() {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
