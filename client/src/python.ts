// Finds the two Pythons: the one that runs the server, and the one whose environment is analysed.
import { execFile } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { workspace, type Memento } from "vscode";
import * as it from "./interpreters";
import { reasonOf, type Log } from "./logger";
import { activeEnvironment, knownEnvironments } from "./pythonExtensions";
import { folders, interpreterSetting, platform, pythonPathSetting, type Pythons } from "./settings";

const PROBE_SECONDS = 10;
const PATIENCE_MS = 1500;

export interface Found extends Partial<Pythons> {
  readonly pythonPath: string | null;
  readonly version: string;
  /** Something about the choice that the user should know. */
  readonly remark: string;
}

/** Output of a program that is run without a shell, outside the workspace; empty when it fails. */
const outputOf = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((done) => {
    const options = { cwd: homedir(), timeout: PROBE_SECONDS * 1000, windowsHide: true };
    execFile(command, args, options, (error, stdout) => done(error ? "" : stdout));
  });

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

const soon = () => new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE_MS));

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    // A Windows Store alias cannot be read like a file, yet may be started.
    return it.isStoreAlias(path, platform) && existsSync(dirname(path));
  }
};

/** An interpreter, or the one in the folder that was named instead. */
const interpreterAt = (path: string): string | undefined =>
  [path, ...it.interpretersOf(path, platform)].find((candidate) => isFile(candidate));

/** In an untrusted workspace nothing that lies in it is run, whatever link leads there. */
function mayRun(path: string): boolean {
  if (workspace.isTrusted) return true;
  const own = folders().flatMap((folder) => [folder, real(folder)]);
  return ![path, real(dirname(path)), real(path)].some((way) => it.isInside(way, own, platform));
}

/** What the file is, so that an interpreter is asked again only after an update. */
function signature(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${real(path)} ${mtimeMs} ${size}`;
  } catch {
    return "";
  }
}

export class PythonFinder {
  private developerTools: Promise<boolean> | undefined;

  constructor(
    private readonly log: Log,
    private readonly memory: Memento,
  ) {}

  async find(): Promise<Found> {
    const analysed = await this.analysed();
    const { python, remark } = await this.forServer(analysed);
    // Without any better knowledge the first Python on PATH is the one that would run the user's code.
    const pythonPath = analysed ?? (this.hasOwnEnvironment() ? null : ((await this.firstOnPath()) ?? null));
    if (!python) return { pythonPath, version: "", remark };
    const version = `${python.major}.${python.minor}.${python.micro}`;
    return { interpreter: python.path, pythonPath, version, remark };
  }

  /** The environment that is analysed: setting, Python Environments extension, Python extension. */
  private async analysed(): Promise<string | undefined> {
    const set = pythonPathSetting();
    if (set) return interpreterAt(set) ?? set;
    try {
      // The other extension may take its time: the first shapes do not wait for it, extension.ts asks again later.
      return await Promise.race([activeEnvironment(workspace.workspaceFolders?.[0]?.uri), soon()]);
    } catch (error) {
      this.log.warn(`the Python extension gave no environment: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private hasOwnEnvironment = (): boolean =>
    folders().some((folder) => [".venv", "venv"].some((name) => existsSync(join(folder, name, "pyvenv.cfg"))));

  private onPath = (): string[] => it.candidates(it.pathFolders(process.env["PATH"] ?? process.env["Path"], platform), platform);

  private async firstOnPath(): Promise<string | undefined> {
    const unversioned = this.onPath().filter((path) => /[\\/]python3?(\.exe)?$/i.test(path));
    for (const path of unversioned) {
      if ((await this.probe(path))?.major === 3) return path;
    }
    return undefined;
  }

  private async forServer(analysed: string | undefined): Promise<{ python: it.Probed | undefined; remark: string }> {
    const set = interpreterSetting();
    let remark = "";
    if (set) {
      const python = await this.probe(interpreterAt(set) ?? set);
      if (python && it.canRunServer(python)) return { python, remark };
      const why = python ? `is Python ${python.major}.${python.minor}` : "does not run";
      remark = `tensight.interpreter (${set}) ${why}; Python 3.10 or newer is needed, so another one is used.`;
      this.log.warn(remark);
    }
    const usual = it.candidates(it.usualFolders(homedir(), platform), platform);
    const paths = [analysed ?? "", ...knownEnvironments(), ...this.onPath(), ...usual, ...(await this.launcher())];
    return { python: it.newest(await this.probeAll(paths)), remark };
  }

  private async launcher(): Promise<string[]> {
    const windows = process.env["SystemRoot"];
    if (platform !== "win32" || !windows) return [];
    return it.parseLauncher(await outputOf(join(windows, "py.exe"), ["-0p"]));
  }

  /** Asks each installation once, however many names lead to it; Store aliases only when nothing else was found. */
  private async probeAll(paths: readonly string[]): Promise<it.Probed[]> {
    const first = new Map<string, string>();
    for (const path of paths.filter((one) => one && isFile(one) && mayRun(one))) {
      if (!first.has(real(path))) first.set(real(path), path);
    }
    const probed = async (some: string[]) =>
      (await Promise.all(some.map((path) => this.probe(path)))).filter((python) => python !== undefined);
    const unique = [...first.values()];
    const found = await probed(unique.filter((path) => !it.isStoreAlias(path, platform)));
    return found.length > 0 ? found : probed(unique.filter((path) => it.isStoreAlias(path, platform)));
  }

  /** Runs an interpreter to ask what it is; remembered as long as the file stays the same. */
  private async probe(path: string): Promise<it.Probed | undefined> {
    if (!isFile(path)) return undefined;
    if (!mayRun(path)) {
      this.log.info(`not run, since it lies in an untrusted workspace: ${path}`);
      return undefined;
    }
    if (it.isDeveloperToolsStub(path, platform) && !(await this.hasDeveloperTools())) {
      this.log.info(`not run, since the developer tools are not installed: ${path}`);
      return undefined;
    }
    const key = `python ${path}`;
    const sign = signature(path);
    const known = this.memory.get<{ sign: string; output: string }>(key);
    if (known && sign && known.sign === sign) {
      const python = it.parseProbe(path, known.output);
      if (python && isFile(python.path)) return python;
    }
    const output = await outputOf(path, it.PROBE_ARGS);
    const python = it.parseProbe(path, output);
    if (!python) this.log.info(`not a Python that runs: ${path}`);
    else if (sign) await this.memory.update(key, { sign, output });
    return python;
  }

  private hasDeveloperTools(): Promise<boolean> {
    this.developerTools ??= outputOf("/usr/bin/xcode-select", ["-p"]).then((output) => output.trim() !== "");
    return this.developerTools;
  }
}
