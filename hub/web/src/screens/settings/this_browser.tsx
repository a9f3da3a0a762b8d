// How this browser tells that something rings.

import { useState } from "preact/hooks";
import { askPermission, permission } from "../../browser/notifications";
import { t } from "../../i18n/text";
import { hasSound, setSound } from "../../state/ringing";

export function ThisBrowser() {
  const [allowed, setAllowed] = useState(permission());
  return (
    <section class="card">
      <h2>{t("thisBrowser")}</h2>
      <p class="muted">{t("thisBrowserText")}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={hasSound.value}
          onChange={(event) => setSound(event.currentTarget.checked)}
        />
        {t("soundOn")}
      </label>
      {allowed === "default" && (
        <button type="button" class="button" onClick={() => void askPermission().then(setAllowed)}>
          {t("notifyAsk")}
        </button>
      )}
      {allowed === "granted" && <p class="muted">✓ {t("notifyOn")}</p>}
      {allowed === "denied" && <p class="muted">{t("notifyDenied")}</p>}
      {allowed === "impossible" && <p class="muted">{t("notifyImpossible")}</p>}
    </section>
  );
}
