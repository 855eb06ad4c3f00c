// docs/settings.md, from package.json.
import { manifest } from "./project.mjs";

const code = (value) => `\`${JSON.stringify(value)}\``;

function allowed({ type, enum: values, minimum, maximum, items, additionalProperties }) {
  if (values) return values.map(code).join(", ");
  if (type === "integer") return `${minimum} to ${maximum}`;
  if (type === "array") return `a list of ${items.type}s`;
  if (type === "object") return `rule → ${additionalProperties.enum.map(code).join(", ")}`;
  return type === "boolean" ? "`true`, `false`" : "text";
}

const plain = (text) => text.replace(/`#([\w.]+)#`/g, "`$1`");

export function settingsPage() {
  const { contributes, capabilities } = manifest();
  const restricted = new Set(capabilities.untrustedWorkspaces.restrictedConfigurations);
  const sections = contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties)
      .sort(([, a], [, b]) => a.order - b.order)
      .map(([name, setting]) => {
        const rows = [`- default: ${code(setting.default)}`, `- values: ${allowed(setting)}`];
        if (restricted.has(name)) rows.push("- a workspace that is not trusted cannot set it");
        return `## ${name}\n\n${plain(setting.markdownDescription)}\n\n${rows.join("\n")}\n`;
      }),
  );
  const commands = contributes.commands.map(({ command, category, title }) => `| ${category}: ${title} | \`${command}\` |`);
  return [
    "# Settings\n",
    "<!-- Generated from package.json by `npm run docs`. -->\n",
    "Everything that Tensight shows can be switched off. What concerns the analysis may also stand in `[tool.tensight]` of a project's\npyproject.toml, without the `tensight.` (`inlay-hints.max-length = 40`).\n",
    ...sections,
    "# Commands\n",
    `| in the palette | id |\n| --- | --- |\n${commands.join("\n")}\n`,
  ].join("\n");
}
