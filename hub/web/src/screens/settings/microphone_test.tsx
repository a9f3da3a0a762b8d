// A test of the board's microphone: how loud it is, and what is heard of what is said to it. Nothing is done.

import { useCallback, useEffect, useState } from "preact/hooks";
import { address } from "../../api/client";
import type { TestFailure } from "../../api/types";
import { t } from "../../i18n/text";

export function MicrophoneTest() {
  const [isOpen, setOpen] = useState(false);
  const [failed, setFailed] = useState<TestFailure | null>(null);
  const turn = () => {
    setFailed(null);
    setOpen(!isOpen);
  };
  const fail = useCallback((why: TestFailure) => {
    setFailed(why);
    setOpen(false);
  }, []);
  return (
    <div class="microphone-test">
      <button type="button" class="button" aria-pressed={isOpen} onClick={turn}>
        {t(isOpen ? "microphoneTestStop" : "microphoneTest")}
      </button>
      {isOpen && <Listening fail={fail} />}
      {failed && <p role="alert">{t(`microphone_${failed}`)}</p>}
    </div>
  );
}

/** What the hub hears of its microphone, for as long as this is shown. */
function Listening({ fail }: { fail: (why: TestFailure) => void }) {
  const [level, setLevel] = useState(0);
  const [words, setWords] = useState("");
  const [confidence, setConfidence] = useState<number | null>(null);
  useEffect(() => {
    const source = new EventSource(address("microphone/test"));
    const on = <T,>(name: string, take: (data: T) => void) =>
      source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
    on("level", (told: { level: number }) => setLevel(told.level));
    on("speech", () => {
      setWords("");
      setConfidence(null);
    });
    on("partial", (told: { text: string }) => setWords(told.text));
    on("heard", (told: { text: string; confidence: number }) => {
      setWords(told.text);
      setConfidence(told.text ? told.confidence : 0);
    });
    on("failed", (told: { why: TestFailure }) => fail(told.why));
    source.onerror = () => fail("unreachable");
    return () => source.close();
  }, [fail]);
  return (
    <>
      <meter aria-label={t("microphoneLevel")} min={0} max={1} value={Math.sqrt(level)} />
      <p role="status">
        {confidence === null
          ? words || t("microphoneSpeak")
          : words
            ? t("microphoneHeard", { words, n: Math.round(100 * confidence) })
            : t("heardNothing")}
      </p>
    </>
  );
}
