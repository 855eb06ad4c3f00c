// Asks a server for the hints of one file, as an editor would: does it answer at all?
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** A JSON-RPC connection over the stdio of a child process. */
class Connection {
  #next = 1;
  #waiting = new Map();
  #data = Buffer.alloc(0);

  constructor(child) {
    this.child = child;
    child.stdout.on("data", (data) => this.#read(data));
  }

  #read(data) {
    this.#data = Buffer.concat([this.#data, data]);
    for (;;) {
      const end = this.#data.indexOf("\r\n\r\n");
      const length = end < 0 ? 0 : Number(/content-length: *(\d+)/i.exec(this.#data.toString("ascii", 0, end))?.[1]);
      if (end < 0 || this.#data.length < end + 4 + length) return;
      const message = JSON.parse(this.#data.toString("utf8", end + 4, end + 4 + length));
      this.#data = this.#data.subarray(end + 4 + length);
      this.#receive(message);
    }
  }

  #receive(message) {
    if (message.method && message.id !== undefined) return this.#send({ id: message.id, result: null }); // registrations
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  request(method, params) {
    const id = this.#next++;
    return new Promise((done, fail) => {
      this.#waiting.set(id, ({ result, error }) => (error ? fail(new Error(`${method}: ${error.message}`)) : done(result)));
      this.#send({ id, method, params });
    });
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const labelOf = ({ label }) => (typeof label === "string" ? label : label.map(({ value }) => value).join(""));

/** Starts the server, opens the file and resolves to the texts of its hints; rejects after `seconds`. */
export async function hintsOf(command, args, file, { seconds = 60, env = process.env, cwd = dirname(file) } = {}) {
  const child = spawn(command, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data) => (errors += data));
  child.stdin.on("error", () => {}); // the exit below says it
  const ended = new Promise((_done, fail) => {
    child.on("error", fail);
    child.on("exit", (code) => fail(new Error(`the server ended (${code}): ${errors.slice(-2000)}`)));
  });
  let timer;
  const late = new Promise((_done, fail) => (timer = setTimeout(() => fail(new Error(`no hints within ${seconds} s: ${errors.slice(-2000)}`)), seconds * 1000)));
  try {
    return await Promise.race([ask(new Connection(child), file), ended, late]);
  } finally {
    clearTimeout(timer);
    ended.catch(() => {});
    child.kill();
  }
}

async function ask(server, file) {
  const uri = pathToFileURL(file).href;
  const folder = pathToFileURL(dirname(file)).href;
  const text = readFileSync(file, "utf8");
  const capabilities = {
    general: { positionEncodings: ["utf-16"] },
    textDocument: { inlayHint: {}, hover: { contentFormat: ["markdown"] }, publishDiagnostics: { versionSupport: true } },
    workspace: { inlayHint: { refreshSupport: true } },
  };
  const folders = [{ uri: folder, name: "folder" }];
  await server.request("initialize", { processId: process.pid, rootUri: folder, workspaceFolders: folders, capabilities, initializationOptions: { settings: {}, trusted: false } });
  server.notify("initialized", {});
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "python", version: 1, text } });
  const range = { start: { line: 0, character: 0 }, end: { line: text.split("\n").length, character: 0 } };
  for (;;) {
    const hints = await server.request("textDocument/inlayHint", { textDocument: { uri }, range });
    if (hints?.length) return hints.map(labelOf);
    await pause(200);
  }
}
