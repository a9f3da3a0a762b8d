// How this browser comes to trust the hub, so that the page may use the microphone: two steps.

import { address } from "../../api/client";
import { t } from "../../i18n/text";
import { status } from "../../state/house";

export function Https() {
  const port = status.value?.https_port ?? null;
  if (port === null && location.protocol !== "https:") return null;
  return (
    <section class="card">
      <h2>{t("httpsTitle")}</h2>
      {location.protocol === "https:" ? (
        <p class="muted">✓ {t("httpsIsOn")}</p>
      ) : (
        <>
          <p class="muted">{t("httpsText")}</p>
          <ol class="steps">
            <li>
              <a class="line-link" href={address("certificate")} download="hearth-authority.crt">
                {t("httpsFetch")}
              </a>
              <details>
                <summary>{t("httpsHow")}</summary>
                <p>{t("httpsIos")}</p>
                <p>{t("httpsAndroid")}</p>
                <p>{t("httpsDesktop")}</p>
              </details>
            </li>
            <li>
              <a class="line-link" href={`https://${location.hostname}:${port}/`}>
                {t("httpsOpen", { address: `https://${location.hostname}:${port}` })}
              </a>
            </li>
          </ol>
        </>
      )}
    </section>
  );
}
