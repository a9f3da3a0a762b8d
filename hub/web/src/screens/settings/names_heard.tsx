// Names of the house that the recogniser does not know: for what they are heard, or that they can't be.

import type { Hearing } from "../../api/types";
import { t } from "../../i18n/text";
import { useLoaded } from "../../state/loaded";

export function NamesHeard() {
  const [hearing] = useLoaded<Hearing>("hearing");
  if (!hearing || hearing.unknown.length === 0) return null;
  return (
    <section class="card" id="names-heard">
      <h2>{t("namesHeardTitle")}</h2>
      <p class="muted">{t("namesHeardText")}</p>
      <ul class="refusals">
        {hearing.unknown.map((one) => (
          <li key={one.name}>
            <strong>{one.name}</strong>
            <p>{one.heard_as ? t("nameHeardAs", { words: one.heard_as }) : t("nameUnheard")}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
