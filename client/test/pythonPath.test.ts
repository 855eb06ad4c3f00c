import assert from "node:assert/strict";
import { test } from "node:test";
import { foldersOf, variableIn } from "../src/pythonPath";

const posix = { workspace: "/work/my project", home: "/home/me", windows: false };
const windows = { workspace: "C:\\work", home: "C:\\Users\\me", windows: true };

test("the last assignment of a file of variables counts, without quotes, comments and `export`", () => {
  const text = "# PYTHONPATH=no\nOTHER=1\nexport PYTHONPATH='a:b' # both\r\nPYTHONPATH=src # later\n  MY_PYTHONPATH=x\n";
  assert.equal(variableIn(text, "PYTHONPATH"), "src");
  assert.equal(variableIn('PYTHONPATH="a # b"', "PYTHONPATH"), "a # b");
  assert.equal(variableIn("PYTHONPATH=", "PYTHONPATH"), "");
  assert.equal(variableIn("X=1", "PYTHONPATH"), undefined);
});

test("relative folders are the workspace's", () => {
  assert.deepEqual(foldersOf("./src:lib::/abs:~/x", posix), ["/work/my project/./src", "/work/my project/lib", "/abs", "/home/me/x"]);
  assert.deepEqual(foldersOf("src;D:\\lib;\\\\server\\share", windows), ["C:\\work\\src", "D:\\lib", "\\\\server\\share"]);
});

test("known variables are filled in, what others say is not guessed", () => {
  assert.deepEqual(foldersOf("${workspaceFolder}/src:${PYTHONPATH}:${env:HOME}/lib:$OTHER/x", posix), ["/work/my project/src", "/home/me/lib"]);
  assert.deepEqual(foldersOf("${workspaceFolder}\\src;%PYTHONPATH%", windows), ["C:\\work\\src"]);
});
