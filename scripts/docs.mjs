// npm run docs: writes the pages that are generated. With --check it only says which are out of date.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { ROOT, VENV_PYTHON, at } from "./lib/project.mjs";
import { main, run, say } from "./lib/run.mjs";
import { settingsPage } from "./lib/settings-page.mjs";
import { needDevelopment } from "./lib/setup.mjs";

const PAGES = { "docs/settings.md": settingsPage };

await main(async ([option]) => {
  const check = option === "--check";
  let stale = 0;
  for (const [name, page] of Object.entries(PAGES)) {
    const path = at(name);
    const text = page();
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    if (check) {
      say(`${name} is out of date: run "npm run docs".`);
      stale = 1;
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      say(`wrote ${relative(ROOT, path)}`);
    }
  }
  // Pages that Python knows best (docs/generate_*.py) have a script of their own, with the same option.
  const generators = existsSync(at("docs")) ? readdirSync(at("docs")).filter((name) => /^generate_\w+\.py$/.test(name)) : [];
  if (generators.length > 0) await needDevelopment();
  for (const name of generators) {
    const env = { ...process.env, PYTHONPATH: at("server") };
    stale = Math.max(stale, (await run(VENV_PYTHON, [at("docs", name), ...(check ? ["--check"] : [])], { env })).code);
  }
  return stale;
});
