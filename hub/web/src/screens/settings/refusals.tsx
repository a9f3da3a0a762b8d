// What devices and bridges said that was refused, with the reason and what to do about it.

import type { Refused } from "../../api/types";
import { lang, t } from "../../i18n/text";
import { ago } from "../../i18n/time";
import { useLoaded } from "../../state/loaded";
import { moment } from "../../state/moment";

export function Refusals() {
  const [list] = useLoaded<Refused[]>(`refusals?lang=${lang.value}`);
  if (!list || list.length === 0) return null;
  return (
    <section class="card" id="refusals">
      <h2>{t("refusalsTitle")}</h2>
      <p class="muted">{t("refusalsText")}</p>
      <ul class="refusals">
        {list.map((one) => (
          <li key={`${one.kind} ${one.topic}`}>
            <code>{one.topic}</code>
            <p>{one.reason}</p>
            <small>
              {ago(one.last_ms, moment.value)}
              {1 < one.count && ` · ${t("timesRefused", { n: one.count })}`}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
