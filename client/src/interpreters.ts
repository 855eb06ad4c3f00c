// What is known about Python interpreters without running one: pure functions over paths and text.
import { posix, win32 } from "node:path";

export const OLDEST_MINOR = 10;

/** What running an interpreter once told. */
export interface Probed {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  readonly final: boolean;
  readonly implementation: string;
}

export type Platform = "win32" | "darwin" | "linux";

const paths = (platform: Platform) => (platform === "win32" ? win32 : posix);

/** The Python code of the probe, and the arguments that run it isolated: no file of a workspace can interfere. */
export const PROBE_ARGS = [
  "-I",
  "-S",
  "-c",
  "import sys; v = sys.version_info; print('tensight', v[0], v[1], v[2], v[3], sys.implementation.name, sys.executable)",
];

/** Reads the probe's output. A stub (Windows Store: nothing, exit code 9009) or another program gives undefined. */
export function parseProbe(path: string, output: string): Probed | undefined {
  const found = /^tensight (\d+) (\d+) (\d+) (\w+) (\w+) ?(.*?)\s*$/m.exec(output);
  if (!found) return undefined;
  const [, major, minor, micro, level, implementation, executable] = found;
  return {
    path: executable || path, // the interpreter itself instead of a shim that looks for it
    major: Number(major),
    minor: Number(minor),
    micro: Number(micro),
    final: level === "final",
    implementation: implementation ?? "",
  };
}

export const canRunServer = (python: Probed): boolean => python.major === 3 && python.minor >= OLDEST_MINOR;

/** The one that runs the server: the newest, since its grammar is what can be read; CPython and releases first. */
export function newest(pythons: readonly Probed[]): Probed | undefined {
  const rank = (p: Probed) => [Number(p.implementation === "cpython"), Number(p.final), p.minor, p.micro];
  const compare = (a: Probed, b: Probed) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (right[at] ?? 0) - (left[at] ?? 0);
  };
  return pythons.filter(canRunServer).sort(compare)[0];
}

/** macOS: running this file without the developer tools opens a dialog that offers to install them. */
export const isDeveloperToolsStub = (path: string, platform: Platform): boolean =>
  platform === "darwin" && /^\/usr\/bin\/(python|pip)[\d.]*$/.test(posix.normalize(path));

/** Windows: this folder holds aliases that may only open the Store; they are tried last. */
export const isStoreAlias = (path: string, platform: Platform): boolean =>
  platform === "win32" && /[\\/]microsoft[\\/]windowsapps[\\/]/i.test(path);

/** Is the path one of the folders or inside one? Compares as the platform's file system does. */
export function isInside(path: string, folders: readonly string[], platform: Platform): boolean {
  const { relative, isAbsolute, resolve } = paths(platform);
  const fold = (text: string) => (platform === "linux" ? text : text.toLowerCase());
  return folders.some((folder) => {
    const way = relative(fold(resolve(folder)), fold(resolve(path)));
    return way === "" || (!way.startsWith("..") && !isAbsolute(way));
  });
}

/** The folders of PATH that are safe to look into: relative ones depend on where one stands. */
export function pathFolders(value: string | undefined, platform: Platform): string[] {
  const { delimiter, isAbsolute } = paths(platform);
  const folders = (value ?? "").split(delimiter).map((folder) => folder.replace(/^"(.*)"$/, "$1"));
  return [...new Set(folders.filter((folder) => isAbsolute(folder)))];
}

/** Where Pythons usually are, beyond PATH: a program started from the dock or menu has a short PATH. */
export function usualFolders(home: string, platform: Platform): string[] {
  if (platform === "win32") return [];
  const folders = ["/usr/local/bin", "/usr/bin", posix.join(home, ".local", "bin")];
  return platform === "darwin" ? ["/opt/homebrew/bin", ...folders] : folders;
}

/** The full paths at which an interpreter may be, newest name first, Store aliases last. */
export function candidates(folders: readonly string[], platform: Platform): string[] {
  const { join } = paths(platform);
  const names =
    platform === "win32" ? ["python.exe", "python3.exe"] : [...[15, 14, 13, 12, 11, 10].map((n) => `python3.${n}`), "python3", "python"];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const late = (path: string) => Number(isStoreAlias(path, platform));
  return found.sort((a, b) => late(a) - late(b));
}

/** Inside the folder of a virtual environment or installation: where its interpreter may be. */
export function interpretersOf(folder: string, platform: Platform): string[] {
  const { join } = paths(platform);
  return platform === "win32"
    ? [join(folder, "Scripts", "python.exe"), join(folder, "python.exe")]
    : [join(folder, "bin", "python"), join(folder, "bin", "python3")];
}

/** A path as people write it in a setting: quotes, `~`, `${workspaceFolder}`, `${userHome}`, `${env:NAME}`. */
export function expandSetting(
  text: string,
  known: { home: string; workspace: string | undefined; env: Readonly<Record<string, string | undefined>> },
): string {
  return text
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replace(/^~(?=$|[\\/])/, () => known.home)
    .replace(/\$\{workspaceFolder(:[^}]*)?\}/g, () => known.workspace ?? "")
    .replace(/\$\{userHome\}/g, () => known.home)
    .replace(/\$\{env:([^}]+)\}/g, (_all, name: string) => known.env[name] ?? "");
}

/** The paths in the output of the Windows launcher, `py -0p`. */
export const parseLauncher = (output: string): string[] =>
  [...output.matchAll(/^\s*-\S+\s+(?:\*\s+)?(\S.*?python[\w.]*\.exe)\s*$/gim)].map((found) => found[1] ?? "");
