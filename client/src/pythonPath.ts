// PYTHONPATH as people set it for VS Code: in a file of environment variables, or for its terminals.

/** The last value of a variable in the text of a `.env` file; undefined if it has none. */
export function variableIn(text: string, name: string): string | undefined {
  let found: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== name) continue;
    const [, quote, quoted] = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(match[2]!) ?? [];
    found = quote ? quoted : match[2]!.replace(/\s+#.*$/, "");
  }
  return found;
}

export interface Surroundings {
  /** The workspace folder: what is relative is relative to it. */
  readonly workspace: string;
  readonly home: string;
  readonly windows: boolean;
}

/** The folders that a value of PYTHONPATH names; an entry with a variable that is not known here is left out. */
export function foldersOf(value: string, around: Surroundings): string[] {
  const slash = around.windows ? "\\" : "/";
  return value
    .replace(/\$\{workspaceFolder\}|\$\{workspaceRoot\}/g, () => around.workspace)
    .replace(/\$\{env:HOME\}|\$\{HOME\}|\$HOME\b/g, () => around.home)
    .replace(/\$\{env:(\w+)\}/g, "$$$1")
    .split(around.windows ? ";" : ":")
    .map((entry) => entry.trim().replace(/^~(?=$|[\\/])/, () => around.home))
    .filter((entry) => entry !== "" && !entry.includes("$") && !/%\w+%/.test(entry))
    .map((entry) => (/^([\\/]|[A-Za-z]:[\\/])/.test(entry) ? entry : around.workspace + slash + entry));
}
