// npm run package: dist/tensight-VERSION.vsix, which installs into any VS Code and runs on any Python >= 3.10.
import { statSync } from "node:fs";
import { relative } from "node:path";
import { packageVsix } from "./lib/bundle.mjs";
import { ROOT } from "./lib/project.mjs";
import { main, say } from "./lib/run.mjs";

await main(async () => {
  const vsix = await packageVsix();
  say(`${relative(ROOT, vsix)} (${(statSync(vsix).size / 1e6).toFixed(1)} MB)`);
});
