// What does not work as it should, said plainly at the top.

import { useState } from "preact/hooks";
import { Icon } from "../controls/icons";
import { t } from "../i18n/text";
import { link } from "../state/connection";
import { status } from "../state/house";

export function Banners() {
  const [dismissed, setDismissed] = useState(false);
  const now = status.value;
  return (
    <div class="banners" aria-live="polite">
      {link.value === "lost" && <Banner tone="bad" title={t("lostTitle")} text={t("lostText")} />}
      {link.value !== "lost" && now && !now.broker && (
        <Banner tone="bad" title={t("brokerTitle")} text={t("brokerText")} />
      )}
      {link.value !== "lost" && now?.model === "starting" && (
        <Banner tone="plain" title={t("modelStartingTitle")} text={t("modelStartingText")} />
      )}
      {link.value !== "lost" && now?.model === "broken" && (
        <Banner
          tone="warn"
          title={t("modelBrokenTitle")}
          text={t("modelBrokenText")}
          more={now.model_reason}
        />
      )}
      {now?.troubles.map((part) => (
        <Banner key={part} tone="warn" title={t(`trouble_${part}_title`)} text={t(`trouble_${part}`)} />
      ))}
      {now?.notice && !dismissed && (
        <Banner tone="warn" title={t("noticeTitle")} text={now.notice} dismiss={() => setDismissed(true)} />
      )}
    </div>
  );
}

function Banner({
  tone,
  title,
  text,
  more,
  dismiss,
}: {
  tone: "bad" | "warn" | "plain";
  title: string;
  text: string;
  more?: string | null;
  dismiss?: () => void;
}) {
  return (
    <div class={`banner ${tone}`}>
      <Icon name={tone === "plain" ? "info" : "warning"} />
      <p>
        <strong>{title}</strong> <span>{text}</span>
        {more && <small>{more}</small>}
      </p>
      {dismiss && (
        <button type="button" class="button quiet" onClick={dismiss}>
          {t("dismiss")}
        </button>
      )}
    </div>
  );
}
