// Starting other programs, and stopping with one clear sentence.
import { spawn } from "node:child_process";
import { ROOT, WINDOWS } from "./project.mjs";

/** Something is missing or went wrong that the message alone explains: printed without a stack. */
export class Refusal extends Error {}

export const say = (text) => console.log(`tensight: ${text}`);

/** Runs a verb: a Refusal becomes one sentence and exit code 2. */
export async function main(verb) {
  try {
    process.exitCode = (await verb(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`tensight: ${error.message}`);
    process.exitCode = 2;
  }
}

/**
 * Runs a program without a shell and resolves to {code, out}. `quiet` captures the output instead of showing it, `heard`
 * is called with each piece of output that is shown; `seconds` ends the program (code 124) when it takes longer.
 */
export function run(command, args, { cwd = ROOT, env = process.env, quiet = false, heard, seconds = 0, input } = {}) {
  return new Promise((done) => {
    const shell = WINDOWS && /\.(cmd|bat)$/i.test(command);
    const stdin = input === undefined ? "ignore" : "pipe";
    const quoted = (text) => (shell ? `"${text}"` : text);
    const child = spawn(quoted(command), args.map(quoted), {
      cwd,
      env,
      shell,
      stdio: [stdin, quiet || heard ? "pipe" : "inherit", quiet || heard ? "pipe" : "inherit"],
    });
    let out = "";
    let late = false;
    const listen = (from, to) => {
      from?.setEncoding("utf8");
      from?.on("data", (data) => (heard ? (to.write(data), heard(data)) : (out += data)));
    };
    listen(child.stdout, process.stdout);
    listen(child.stderr, process.stderr);
    child.stdin?.end(input);
    const timer = seconds > 0 && setTimeout(() => ((late = true), child.kill("SIGKILL")), seconds * 1000);
    child.on("error", (error) => (clearTimeout(timer), done({ code: 127, out: `${command}: ${error.message}` })));
    child.on("close", (code) => {
      clearTimeout(timer);
      done(late ? { code: 124, out: `${out}\n${command} took longer than ${seconds} s` } : { code: code ?? 1, out });
    });
  });
}

/** Runs a program that must succeed; its output is shown only if it does not. */
export async function must(what, command, args, options = {}) {
  const { code, out } = await run(command, args, { quiet: true, ...options });
  if (code === 0) return out;
  console.error(out.slice(-6000));
  throw new Refusal(`${what} failed (exit code ${code}); its output is above.`);
}

/** npm itself, run by a given node: works under `npm run` (npm_execpath) and without it, on Windows too. */
export function npm(args, { node = process.execPath, ...options } = {}) {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith(".js") ? [node, [script]] : [WINDOWS ? "npm.cmd" : "npm", []];
  return must(`npm ${args.slice(0, 2).join(" ")}`, command, [...first, ...args], options);
}
