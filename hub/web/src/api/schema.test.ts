import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("the types of the wire are those of docs/http-api.json: `npm run generate` makes them anew", async () => {
  const checked = promisify(execFile)("npm", ["run", "generate", "--", "--check"]);
  await expect(checked).resolves.toBeDefined();
}, 30_000);
