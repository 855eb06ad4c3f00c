// VS Code in a browser, as a person sees it: lines of text, hints, squiggles, menus.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ARTIFACTS } from "../../scripts/lib/project.mjs";
import { CHROMIUM } from "../../scripts/lib/setup.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = Number(process.env.TENSIGHT_PATIENCE ?? 60) * 1000;
const SHOTS = join(ARTIFACTS, "screenshots");

export const openBrowser = () => chromium.launch({ executablePath: CHROMIUM(), args: FLAGS });

/** Waits until `look` gives something; there is no one event that says that VS Code is ready. */
export async function until(what, look, patience = PATIENCE) {
  const end = Date.now() + patience;
  let seen;
  while (Date.now() < end) {
    seen = await look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`waited ${patience / 1000} s in vain: ${what}`);
}

export class Editor {
  constructor(page) {
    this.page = page;
  }

  static async open(browser, url) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(url);
    const editor = new Editor(page);
    await until("the editor shows text", async () => (await editor.lines()).some((line) => line.includes("import torch")));
    return editor;
  }

  async screenshot(name) {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  /** The visible lines, hints included. The editor draws blanks as no-break spaces. */
  lines() {
    return this.page.$$eval(".monaco-editor .view-lines .view-line", (all) =>
      all
        .map((one) => [parseFloat(one.style.top), one.textContent.replaceAll("\u00a0", " ").replace(/[\u200b\u200c\u200d\u2060]/g, "")])
        .sort((a, b) => a[0] - b[0])
        .map(([, text]) => text),
    );
  }

  line(text, patience) {
    return until(`a line with ${JSON.stringify(text)}`, async () => (await this.lines()).find((line) => line.includes(text)), patience);
  }

  squiggles = () => this.page.locator(".monaco-editor .squiggly-error").count();

  /** Where the text is, as a rectangle on the page. */
  async place(text) {
    return until(`${text} on the page`, () =>
      this.page.evaluate((wanted) => {
        for (const line of document.querySelectorAll(".monaco-editor .view-lines .view-line")) {
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const whole = nodes.map((node) => node.data).join("").replaceAll("\u00a0", " ");
          const start = whole.indexOf(wanted);
          if (start < 0) continue;
          const at = (offset) => {
            for (const node of nodes) {
              if (offset <= node.data.length) return [node, offset];
              offset -= node.data.length;
            }
          };
          const range = document.createRange();
          range.setStart(...at(start));
          range.setEnd(...at(start + wanted.length));
          const { x, y, width, height } = range.getBoundingClientRect();
          return { x, y, width, height };
        }
      }, text),
    );
  }

  async click(text, where = 0.5) {
    const box = await this.place(text);
    await this.page.mouse.click(box.x + box.width * where, box.y + box.height / 2);
  }

  /** Puts the mouse on the text and resolves to what the hover says. */
  async hover(text, expected) {
    const box = await this.place(text);
    return until(`a hover on ${text} with ${expected}`, async () => {
      await this.page.mouse.move(5, 5);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
      await this.page.waitForTimeout(900);
      const texts = await this.page.locator(".monaco-hover:not(.hidden) .hover-contents").allTextContents();
      const all = texts.join("\n").replaceAll("\u00a0", " ");
      return all.includes(expected) && all;
    });
  }

  /** Ends what is open above the text: hovers, menus. */
  async escape() {
    await this.page.mouse.move(5, 5);
    await this.page.keyboard.press("Escape");
  }

  /** The quick fixes offered where the cursor is. */
  async fixes(expected) {
    const rows = this.page.locator(".action-widget .monaco-list-row.action");
    await until(`a quick fix ${expected}`, async () => {
      await this.page.keyboard.press("Control+.");
      await this.page.waitForTimeout(700);
      const titles = await rows.allTextContents();
      if (titles.some((title) => title.includes(expected))) return true;
      await this.page.keyboard.press("Escape");
      return false;
    });
    return rows;
  }

  /** What the status item says when the mouse is on it. */
  async status() {
    await this.page.locator("#status\\.languageStatus").first().hover();
    const text = await until("the status", async () => {
      const texts = await this.page.locator(".hover-language-status").allTextContents();
      return texts.find((one) => one.includes("Tensight"));
    });
    await this.escape();
    return text.replaceAll("\u00a0", " ");
  }

  /** Runs a command of the palette. */
  async command(title) {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await input.fill(`>${title}`);
    await until(title, async () => (await this.page.locator(".quick-input-list .monaco-list-row").allTextContents())[0]?.includes(title));
    await this.page.keyboard.press("Enter");
  }

  notifications = () => this.page.locator(".notifications-toasts .notification-toast").allTextContents();
}
