//! Every message that can be said, by name, with the variables it may use. The texts stand in each language's folder.

macro_rules! messages {
    ($($name:ident = $id:literal ( $($variable:ident),* );)+) => {
        /// One sentence, or a fixed part of one, in no language yet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Message {
            $($name,)+
        }

        impl Message {
            /// Its id in the files of the languages.
            pub(super) fn id(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            /// The variables that a language may use in it.
            #[cfg(test)]
            pub(super) fn variables(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$(stringify!($variable)),*]),+ }
            }
        }

        /// All of them, in the order of the files.
        #[cfg(test)]
        pub(super) const ALL: &[Message] = &[$(Message::$name),+];
    };
}

messages! {
    // Said when nothing came of it.
    NotUnderstood = "not-understood" ();
    NotForHouse = "not-for-house" ();
    NoModel = "no-model" ();
    ModelFailed = "model-failed" ();
    TooLong = "too-long" ();
    NoQuestion = "no-question" ();
    Dropped = "dropped" ();
    Unmet = "unmet" (condition);
    WrongPin = "wrong-pin" ();
    PinLocked = "pin-locked" ();
    Stopped = "stopped" ();
    GivenUp = "given-up" ();
    NothingToUndo = "nothing-to-undo" ();
    NothingSaid = "nothing-said" ();
    NothingBefore = "nothing-before" ();
    NothingDone = "nothing-done" ();
    NameTaken = "name-taken" ();
    WhichRoom = "which-room" ();
    NothingToSave = "nothing-to-save" ();
    NotToBeTaught = "not-to-be-taught" ();
    MeaningUnknown = "meaning-unknown" ();
    WhichToName = "which-to-name" ();
    NoAction = "no-action" ();
    NotYours = "not-yours" ();
    OneAtATime = "one-at-a-time" ();
    NoRoom = "no-room" ();
    NotKept = "not-kept" ();
    GeneralModel = "general-model" (said);

    // Questions.
    Which = "which" (names);
    ChoiceInArea = "choice-in-area" (name, area);
    AnotherOne = "another-one" ();
    DidYouMeanName = "did-you-mean-name" (heard, names);
    DidYouMeanSteps = "did-you-mean-steps" (wishes);
    ConfirmMany = "confirm-many" ();
    Confirm = "confirm" (wish, names);
    PinMany = "pin-many" ();
    Pin = "pin" (wish, names);
    WishUnlock = "wish-unlock" ();
    WishDisarm = "wish-disarm" ();
    WishOpen = "wish-open" ();
    WishSwitch = "wish-switch" ();
    ValueLight = "value-light" ();
    ValueTemperature = "value-temperature" ();
    ValuePosition = "value-position" ();
    ValueItem = "value-item" ();
    ValueScene = "value-scene" ();
    ValueFan = "value-fan" ();
    ValueVolume = "value-volume" ();
    ValueTimerChange = "value-timer-change" ();
    ValueReminder = "value-reminder" ();
    ValueTimer = "value-timer" ();
    ValueOther = "value-other" ();

    // Times that can't be used.
    When = "when" ();
    WhenUnreadable = "when-unreadable" (heard);
    WhenNoTimeOfDay = "when-no-time-of-day" ();
    WhenPast = "when-past" (heard);
    WhenNoLocation = "when-no-location" ();
    WhenNoSuchSun = "when-no-such-sun" ();
    WhenNoClock = "when-no-clock" ();

    // Misses.
    NoSuchName = "no-such-name" (name);
    NoSuchPlace = "no-such-place" (place);
    NothingOfKindThere = "nothing-of-kind-there" (kind, place);
    NothingOfKind = "nothing-of-kind" (kind);
    Unable = "unable" (name);
    OutOfRange = "out-of-range" (asked, least, most);
    NoSchedule = "no-schedule" ();
    NothingRings = "nothing-rings" ();
    NoCondition = "no-condition" ();
    NoWayBack = "no-way-back" (name);
    NotSupported = "not-supported" ();

    // Refusals.
    NeverMany = "never-many" ();
    Never = "never" (names);
    TooOften = "too-often" (name);
    Gone = "gone" (name);
    BeyondLimits = "beyond-limits" (name, least, most);
    OutOfBounds = "out-of-bounds" (name, asked);

    // Dangers.
    AlarmTriggered = "alarm-triggered" (name);
    AlarmPending = "alarm-pending" (name);
    Danger = "danger" (name, danger);
    DangerSmoke = "danger-smoke" ();
    DangerGas = "danger-gas" ();
    DangerCarbonMonoxide = "danger-carbon-monoxide" ();
    DangerWater = "danger-water" ();

    // What was done. `$subject` begins a sentence, `$who` stands inside one, `$be` goes with it.
    Underway = "underway" (subject, be, doing);
    UnderwayOpening = "underway-opening" ();
    UnderwayClosing = "underway-closing" ();
    UnderwayArming = "underway-arming" ();
    UnderwayHome = "underway-home" ();
    UnderwayMoving = "underway-moving" ();
    Confirmed = "confirmed" (deed);
    Already = "already" (subject, be, state);
    Sent = "sent" (who);
    TimedOut = "timed-out" (subject, state);
    Offline = "offline" (subject);
    Refused = "refused" (subject, reason);
    RefusedState = "refused-state" (subject, state);
    UnableBut = "unable-but" (subject, state, takes);
    UnableSent = "unable-sent" (subject, state);
    TakesDegrees = "takes-degrees" (least, most);

    // Timers.
    TimerStartedNamed = "timer-started-named" (name, length);
    TimerStarted = "timer-started" (length);
    NoTimers = "no-timers" ();
    TimerTitle = "timer-title" (length);
    TimerCancelled = "timer-cancelled" ();
    TimersCancelled = "timers-cancelled" (count);
    TimerMore = "timer-more" (length);
    TimerLess = "timer-less" (length);
    TimerPaused = "timer-paused" ();
    TimerResumed = "timer-resumed" ();
    TimerRingsNamed = "timer-rings-named" (name);
    TimerRings = "timer-rings" (length);
    LateTimerNamed = "late-timer-named" (name, at);
    LateTimer = "late-timer" (at);
    TimerLeftNamed = "timer-left-named" (length, name);
    TimerLeft = "timer-left" (length);
    TimersLeft = "timers-left" (timers);

    // What is scheduled.
    TitleAction = "title-action" (what, when);
    TitleOther = "title-other" (what, when);
    ListedPaused = "listed-paused" (title);
    AlarmNamed = "alarm-named" (name);
    Alarm = "alarm" ();
    Reminder = "reminder" (message);
    ScheduledAction = "scheduled-action" (what, when);
    ScheduledActionFor = "scheduled-action-for" (what, when, length);
    ScheduledAlarm = "scheduled-alarm" (subject, when);
    ScheduledReminder = "scheduled-reminder" (when, message);
    ScheduleCancelled = "schedule-cancelled" (titles);
    Snoozed = "snoozed" (length);
    NothingScheduled = "nothing-scheduled" ();
    ScheduleList = "schedule-list" (titles);
    ReminderRings = "reminder-rings" (message);
    AlarmRingsNamed = "alarm-rings-named" (time, name);
    AlarmRings = "alarm-rings" (time);
    RingsLate = "rings-late" (said, time);
    MissedAction = "missed-action" (what, at);
    MissedOther = "missed-other" (what, at);
    Withheld = "withheld" (what, why);
    RoutineQuestion = "routine-question" (what, when);
    BroadcastEveryone = "broadcast-everyone" (message);
    Broadcast = "broadcast" (names, message);

    // When something happens, as it stands in a sentence.
    EveryLength = "every-length" (length);
    InLength = "in-length" (length);
    LengthAgo = "length-ago" (length);
    JustNow = "just-now" ();
    TodayAt = "today-at" (time);
    TomorrowAt = "tomorrow-at" (time);
    YesterdayAt = "yesterday-at" (time);
    WeekdayAt = "weekday-at" (weekday, time);
    DateAt = "date-at" (day, month, time);
    EveryDay = "every-day" ();
    EveryWorkday = "every-workday" ();
    EveryWeekend = "every-weekend" ();
    EveryWeekday = "every-weekday" (weekdays);
    WeeklyAt = "weekly-at" (days, time);
    WeeklyAtSun = "weekly-at-sun" (days, sun);
    WeeklyAfterSun = "weekly-after-sun" (days, sun, length);
    WeeklyBeforeSun = "weekly-before-sun" (days, sun, length);
    SunDawn = "sun-dawn" ();
    SunRise = "sun-rise" ();
    SunSet = "sun-set" ();
    SunDusk = "sun-dusk" ();
    WhenSo = "when-so" (so);
    WhenSoDark = "when-so-dark" (so);
    WhenSoDay = "when-so-day" (so);
    WhenSoFor = "when-so-for" (so, length);
    OnlyIf = "only-if" (when, so);
    ItIsDark = "it-is-dark" ();
    ItIsLight = "it-is-light" ();
    ItIsBetween = "it-is-between" (from, to);
    ItIsOneOf = "it-is-one-of" (days);
    ItIsNotSo = "it-is-not-so" (so);
    AttributeOf = "attribute-of" (attribute, name);
    StateIs = "state-is" (names, be, state);
    IsAbove = "is-above" (name, limit);
    IsBelow = "is-below" (name, limit);

    // Answers.
    Help = "help" ();
    Greeting = "greeting" ();
    Nevermind = "nevermind" ();
    DontKnow = "dont-know" ();
    NoneReported = "none-reported" (names);
    HowMany = "how-many" (matching, known, state);
    NotThatOne = "not-that-one" (names, state);
    NoneOfThem = "none-of-them" (known, state);
    AllOfThem = "all-of-them" (known, state);
    NotAllOfThem = "not-all-of-them" (matching, known, names, state);
    TheOne = "the-one" (names, state);
    TheOnes = "the-ones" (matching, known, names, state);
    YesThatOne = "yes-that-one" (names, state);
    YesOne = "yes-one" (names, state);
    YesSome = "yes-some" (matching, known, names, state);
    ButUnknown = "but-unknown" (said, names);
    NotReported = "not-reported" (name);
    ValueIs = "value-is" (name, value);
    TemperatureThere = "temperature-there" (value, there);
    TemperatureShown = "temperature-shown" (name, value);
    NoWeather = "no-weather" ();
    WeatherWarm = "weather-warm" (condition, degrees);
    Weather = "weather" (condition);
    TimeNow = "time-now" (hour, minute);
    DateToday = "date-today" (weekday, day, month, year);
    ListEmpty = "list-empty" (name);
    ListItems = "list-items" (name, items);

    // Why things are as they are, and what was learnt.
    SinceUnknown = "since-unknown" (name);
    SinceBefore = "since-before" (name, state);
    SinceThen = "since-then" (name, state, at);
    CauseUnknown = "cause-unknown" (name);
    CauseTold = "cause-told" (name, state, cause, at);
    CauseToldWords = "cause-told-words" (name, state, cause, words, at);
    CauseBefore = "cause-before" (name, state, cause);
    CauseVoice = "cause-voice" ();
    CausePage = "cause-page" ();
    CauseApi = "cause-api" ();
    CauseDevice = "cause-device" ();
    CauseSchedule = "cause-schedule" ();
    CauseRoutine = "cause-routine" ();
    CauseReplay = "cause-replay" ();
    BecauseOf = "because-of" (names, reason);
    Because = "because" (words, reasons);
    SceneSavedOne = "scene-saved-one" (place, name, count);
    SceneSaved = "scene-saved" (place, name, count);
    Taught = "taught" (phrase, meaning);
    ShoppingList = "shopping-list" ();
    ListNamed = "list-named" (name);
    TodoList = "todo-list" ();

    // What the household does again and again, with its evidence.
    DaysCounted = "days-counted" ();
    WorkdaysCounted = "workdays-counted" ();
    WeekendDaysCounted = "weekend-days-counted" ();
    WeekdayCounted = "weekday-counted" (weekday);
    HabitAt = "habit-at" (hits, of, days, deed, time);
    HabitBetween = "habit-between" (hits, of, days, deed, from, to);
    HabitSun = "habit-sun" (hits, of, days, deed, sun);
    HabitAfterSun = "habit-after-sun" (hits, of, days, deed, sun, length);
    HabitBeforeSun = "habit-before-sun" (hits, of, days, deed, sun, length);
    HabitAfter = "habit-after" (hits, of, deed, so, length);
    HabitLength = "habit-length" (hits, of, deed, length);
    HabitValue = "habit-value" (hits, of, name, state);
    HabitOther = "habit-other" (hits, of, deed);
    HabitPlain = "habit-plain" (habit);
    HabitOnlyIf = "habit-only-if" (habit, so);
    HabitOffered = "habit-offered" (habit);
    HabitNow = "habit-now" (habit);
    HintLeftOn = "hint-left-on" (name, state, off, of);
    HintWindowOpen = "hint-window-open" (name, state, window);
    HintLong = "hint-long" (name, state, length, mostly, of);
    HintUnusual = "hint-unusual" (name, value, from, to, days);
    HintTurnOff = "hint-turn-off" (hint);
    HintClose = "hint-close" (hint);
    HintLock = "hint-lock" (hint);
    HabitsMore = "habits-more" (count);
    HabitsForget = "habits-forget" ();
    HabitsForgetOf = "habits-forget-of" (names);
    HabitsIgnored = "habits-ignored" (names);
    LearnedNothing = "learned-nothing" ();
    NotLearning = "not-learning" ();
    IgnoreWhat = "ignore-what" ();
    Forgotten = "forgotten" ();
    NothingToSuggest = "nothing-to-suggest" ();
    NotNow = "not-now" ();
    NeverAgain = "never-again" ();
    RoutinePaused = "routine-paused" (title, count);

    // Why something that a device or a bridge said was not taken, and what the owner can do about it.
    RejectedTooLarge = "rejected-too-large" (most, bytes);
    RejectedNotText = "rejected-not-text" ();
    RejectedUnreadable = "rejected-unreadable" (detail);
    RejectedNotMap = "rejected-not-map" ();
    RejectedTooDeep = "rejected-too-deep" (most);
    RejectedUnfit = "rejected-unfit" (said, wanted);
    RejectedTooMany = "rejected-too-many" (most);
    RejectedLeftOut = "rejected-left-out" (count);
    RejectedBadId = "rejected-bad-id" ();
    RejectedLacks = "rejected-lacks" (option);
    RejectedPlatform = "rejected-platform" (name);
    RejectedHubsTopic = "rejected-hubs-topic" (option, topic);
    RejectedEmptyRange = "rejected-empty-range" ();
    RejectedUniqueId = "rejected-unique-id" (id, topic);
    RejectedWithin = "rejected-within" (part, why);
    RejectedByDevice = "rejected-by-device" (said);
    RejectedForeignTopic = "rejected-foreign-topic" (user, topic);
    RejectedOthers = "rejected-others" (user, other);
    RejectedDenied = "rejected-denied" ();
    TemplateUnknown = "template-unknown" (part, name);
    TemplateForbidden = "template-forbidden" (what);
    TemplateTooLarge = "template-too-large" ();
    TemplateBroken = "template-broken" (detail);
    TemplateFailed = "template-failed" (detail);
    PartFilter = "part-filter" ();
    PartTest = "part-test" ();
    PartFunction = "part-function" ();
    PartMethod = "part-method" ();
    WantedNumber = "wanted-number" ();
    WantedColor = "wanted-color" ();
    WantedPosition = "wanted-position" ();
    WantedAddress = "wanted-address" ();
    WantedTopic = "wanted-topic" ();
}
