import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** Each folder may use those before it and itself. */
const LAYERS = ["browser", "i18n", "api", "state", "controls", "screens"];
const SOURCES = dirname(fileURLToPath(import.meta.url));

it("a folder uses only those below it", async () => {
  const wrong: string[] = [];
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (!/\.tsx?$/.test(file) || /\.(test|d)\.tsx?$/.test(file) || !file.includes("/")) continue;
    for (const used of await imports(file))
      if (LAYERS.indexOf(folder(file)) < LAYERS.indexOf(folder(used))) wrong.push(`${file} uses ${used}`);
  }
  expect(wrong).toEqual([]);
});

it("every file says what it is for", async () => {
  const silent: string[] = [];
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (!/\.tsx?$/.test(file) || /\.(test|d)\.tsx?$/.test(file)) continue;
    const text = await readFile(join(SOURCES, file), "utf8");
    if (!text.startsWith("// ")) silent.push(file);
  }
  expect(silent).toEqual([]);
});

async function imports(file: string): Promise<string[]> {
  const text = await readFile(join(SOURCES, file), "utf8");
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) =>
    relative(SOURCES, join(SOURCES, dirname(file), path ?? "")),
  );
}

function folder(file: string): string {
  return file.split("/")[0] ?? "";
}
