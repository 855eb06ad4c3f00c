// The two extensions that know which environment the user has chosen. Only the parts of their APIs that are used
// are described here; either may be missing.
import { extensions, type Disposable, type Event, type Uri } from "vscode";

/** ms-python.vscode-python-envs */
interface EnvironmentsApi {
  getEnvironment(scope: Uri | undefined): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment: Event<unknown>;
}

/** ms-python.python */
interface PythonApi {
  ready?: Promise<void>;
  environments?: {
    getActiveEnvironmentPath(resource?: Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable?: { uri?: Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
    known: readonly { executable?: { uri?: Uri } }[];
  };
}

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

async function api<T>(id: string): Promise<T | undefined> {
  const extension = extensions.getExtension<T | undefined>(id);
  if (!extension) return undefined;
  return extension.isActive ? extension.exports : await extension.activate();
}

async function pythonApi(): Promise<PythonApi["environments"]> {
  const python = await api<PythonApi>(PYTHON);
  await python?.ready;
  return python?.environments;
}

/** The interpreter of the environment that the user has chosen for the folder. */
export async function activeEnvironment(folder: Uri | undefined): Promise<string | undefined> {
  const chosen = await (await api<EnvironmentsApi>(ENVIRONMENTS))?.getEnvironment(folder);
  const executable = chosen?.execInfo?.run?.executable;
  if (executable) return executable;
  const python = await pythonApi();
  if (!python) return undefined;
  const path = python.getActiveEnvironmentPath(folder);
  return (await python.resolveEnvironment(path))?.executable?.uri?.fsPath;
}

/** The interpreters that the Python extension has found, if it is running already. */
export function knownEnvironments(): string[] {
  const extension = extensions.getExtension<PythonApi | undefined>(PYTHON);
  const known = extension?.isActive ? extension.exports?.environments?.known : undefined;
  return (known ?? []).flatMap(({ executable }) => (executable?.uri ? [executable.uri.fsPath] : []));
}

/** Calls back when another environment is chosen, in whichever extension. */
export async function onDidChangeEnvironment(changed: () => void): Promise<Disposable[]> {
  const ways = [
    async () => (await api<EnvironmentsApi>(ENVIRONMENTS))?.onDidChangeEnvironment(changed),
    async () => (await pythonApi())?.onDidChangeActiveEnvironmentPath(changed),
  ];
  const listening = await Promise.allSettled(ways.map((way) => way()));
  return listening.flatMap((result) => (result.status === "fulfilled" && result.value ? [result.value] : []));
}
