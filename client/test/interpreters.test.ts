import assert from "node:assert/strict";
import { test } from "node:test";
import * as it from "../src/interpreters";

const probed = (path: string, minor: number, more: Partial<it.Probed> = {}): it.Probed => ({
  path,
  major: 3,
  minor,
  micro: 0,
  final: true,
  implementation: "cpython",
  ...more,
});

test("the probe's answer is read, also among other lines and with a carriage return", () => {
  assert.deepEqual(it.parseProbe("/p", "a greeting\ntensight 3 12 1 final cpython\r\n"), probed("/p", 12, { micro: 1 }));
});

test("a shim is replaced by the interpreter behind it", () => {
  assert.equal(it.parseProbe("/shims/python3", "tensight 3 12 1 final cpython /opt/py 312/bin/python3\n")?.path, "/opt/py 312/bin/python3");
});

test("a Windows Store stub, which prints nothing or a hint, is no Python", () => {
  assert.equal(it.parseProbe("p", ""), undefined);
  assert.equal(it.parseProbe("p", "Python was not found; run without arguments to install from the Microsoft Store"), undefined);
});

test("a shim of a version that is not there is no Python", () => {
  assert.equal(it.parseProbe("p", "pyenv: python3.12: command not found"), undefined);
});

test("the newest runs the server; releases before pre-releases, CPython before others, none below 3.10", () => {
  const old = probed("/old", 9);
  const ten = probed("/ten", 10);
  const twelve = probed("/twelve", 12);
  const thirteen = probed("/thirteen", 13, { implementation: "pypy" });
  const fourteen = probed("/fourteen", 14, { final: false });
  assert.equal(it.newest([ten, thirteen, fourteen, old, twelve])?.path, "/twelve");
  assert.equal(it.newest([old, fourteen])?.path, "/fourteen");
  assert.equal(it.newest([old]), undefined);
  assert.equal(it.newest([probed("/a", 12, { micro: 1 }), probed("/b", 12, { micro: 7 })])?.path, "/b");
});

test("of two equal ones the first stays first", () => {
  assert.equal(it.newest([probed("/first", 12), probed("/second", 12)])?.path, "/first");
});

test("macOS: only the developer tools' stub is one", () => {
  assert.ok(it.isDeveloperToolsStub("/usr/bin/python3", "darwin"));
  assert.ok(it.isDeveloperToolsStub("/usr/bin/../bin/python3", "darwin"));
  assert.ok(!it.isDeveloperToolsStub("/usr/local/bin/python3", "darwin"));
  assert.ok(!it.isDeveloperToolsStub("/usr/bin/python3", "linux"));
});

test("Windows: Store aliases are known and tried last", () => {
  const store = "C:\\Users\\A B\\AppData\\Local\\Microsoft\\WindowsApps";
  assert.ok(it.isStoreAlias(`${store}\\python.exe`, "win32"));
  const found = it.candidates([store, "C:\\Program Files\\Python312"], "win32");
  assert.deepEqual(found.slice(0, 2), ["C:\\Program Files\\Python312\\python.exe", "C:\\Program Files\\Python312\\python3.exe"]);
  assert.ok(found.slice(2).every((path) => it.isStoreAlias(path, "win32")));
});

test("inside a folder: by whole names, case as the platform has it", () => {
  assert.ok(it.isInside("/code/.venv/bin/python", ["/code"], "linux"));
  assert.ok(it.isInside("/code", ["/code"], "linux"));
  assert.ok(!it.isInside("/codebook/python", ["/code"], "linux"));
  assert.ok(!it.isInside("/code/../usr/bin/python", ["/code"], "linux"));
  assert.ok(it.isInside("c:\\Code\\.venv\\python.exe", ["C:\\code"], "win32"));
  assert.ok(!it.isInside("D:\\code\\python.exe", ["C:\\code"], "win32"));
});

test("relative folders of PATH are never looked into", () => {
  assert.deepEqual(it.pathFolders("/a b:bin:.::/usr/bin:/a b", "linux"), ["/a b", "/usr/bin"]);
  assert.deepEqual(it.pathFolders('"C:\\Program Files\\Python";.;Scripts', "win32"), ["C:\\Program Files\\Python"]);
  assert.deepEqual(it.pathFolders(undefined, "linux"), []);
});

test("newer names come first", () => {
  const found = it.candidates(["/usr/bin", "/opt/x y/bin"], "linux");
  assert.ok(found.indexOf("/opt/x y/bin/python3.13") < found.indexOf("/usr/bin/python3.12"));
  assert.ok(found.indexOf("/usr/bin/python3.10") < found.indexOf("/usr/bin/python3"));
});

test("a setting may use quotes, ~ and variables", () => {
  const known = { home: "/home/me", workspace: "/code/my project", env: { PY: "/opt/py" } };
  assert.equal(it.expandSetting('"/a b/python"', known), "/a b/python");
  assert.equal(it.expandSetting("~/venv", known), "/home/me/venv");
  assert.equal(it.expandSetting("~user/venv", known), "~user/venv");
  assert.equal(it.expandSetting("${workspaceFolder}/.venv", known), "/code/my project/.venv");
  assert.equal(it.expandSetting("${env:PY}/bin/python", known), "/opt/py/bin/python");
  assert.equal(it.expandSetting("${env:NONE}", known), "");
});

test("a folder stands for the interpreter in it", () => {
  assert.deepEqual(it.interpretersOf("/a b/.venv", "linux")[0], "/a b/.venv/bin/python");
  assert.deepEqual(it.interpretersOf("C:\\a b\\.venv", "win32")[0], "C:\\a b\\.venv\\Scripts\\python.exe");
});

test("the Windows launcher's list is read, spaces included", () => {
  const output = " -V:3.13 *        C:\\Program Files\\Python313\\python.exe\r\n -3.9-64          D:\\Py\\python.exe\r\nnothing else\r\n";
  assert.deepEqual(it.parseLauncher(output), ["C:\\Program Files\\Python313\\python.exe", "D:\\Py\\python.exe"]);
});
