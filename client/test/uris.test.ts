import assert from "node:assert/strict";
import { test } from "node:test";
import { sameUri } from "../src/uris";

test("drive letters and spaces may be written in several ways", () => {
  assert.ok(sameUri("file:///c%3A/my%20code/a.py", "file:///C:/my code/a.py"));
  assert.ok(sameUri("file:///home/a%20b/x.py", "file:///home/a b/x.py"));
  assert.ok(!sameUri("file:///c%3A/a.py", "file:///d%3A/a.py"));
  assert.ok(!sameUri("file:///a.py", "file:///A.py"));
});

test("what cannot be decoded is compared as it is", () => {
  assert.ok(sameUri("file:///100%.py", "file:///100%.py"));
});
