// Words that the hub was taught.

import { call } from "../../api/client";
import type { Phrase } from "../../api/types";
import { t } from "../../i18n/text";
import { useLoaded } from "../../state/loaded";
import { tellSaved } from "./saved";

export function Phrases() {
  const [phrases, load] = useLoaded<Phrase[]>("phrases");
  const forget = async (phrase: string) => {
    if (await tellSaved(call("DELETE", "phrases", { phrase }))) await load();
  };
  if (!phrases?.length) return null;
  return (
    <section class="card">
      <h2>{t("phrasesTitle")}</h2>
      <ul class="tokens">
        {phrases.map((one) => (
          <li key={one.phrase}>
            <span>
              “{one.phrase}”<small>{one.means}</small>
            </span>
            <button type="button" class="button quiet" onClick={() => void forget(one.phrase)}>
              {t("delete")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
