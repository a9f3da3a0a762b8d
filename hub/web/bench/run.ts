// How the page bears a storm of reports, in a real Chromium: `npm run bench`.
//
//   npm run bench -- [--dist FOLDER] [--entities 2000] [--rate 200] [--slowdown 6] [--changes 6000]

import { parseArgs } from "node:util";
import { openChromium } from "../fake/chromium";
import { leak } from "./leak";
import { storm } from "./storm";

const { values } = parseArgs({
  options: {
    dist: { type: "string", default: "dist" },
    entities: { type: "string", default: "2000" },
    rate: { type: "string", default: "200" },
    slowdown: { type: "string", default: "6" },
    changes: { type: "string", default: "6000" },
    only: { type: "string" },
  },
});
const browser = await openChromium();
if (browser) {
  const dist = values.dist;
  if (values.only !== "leak")
    console.log(
      await storm(browser, {
        dist,
        entities: Number(values.entities),
        rate: Number(values.rate),
        slowdown: Number(values.slowdown),
      }),
    );
  if (values.only !== "storm") console.log(await leak(browser, { dist, changes: Number(values.changes) }));
  await browser.close();
}
