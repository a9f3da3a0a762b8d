//! The kinds of request. Names are Home Assistant's where it has them; Hearth's own begin with `Hearth`.

use super::named::named;

named! {
    /// The kinds of request.
    IntentKind {
        /// Switch on, open, lock, run.
        TurnOn = "HassTurnOn",
        /// Switch off, close, unlock.
        TurnOff = "HassTurnOff",
        /// Switch to the other state.
        Toggle = "HassToggle",
        /// Ask for a state.
        GetState = "HassGetState",
        /// Brightness, colour or colour temperature.
        LightSet = "HassLightSet",
        /// Position of a cover or a valve.
        SetPosition = "HassSetPosition",
        /// Stop what moves.
        StopMoving = "HassStopMoving",
        /// Target temperature, absolute, relative, or by a complaint of heat or cold.
        ClimateSetTemperature = "HassClimateSetTemperature",
        /// Ask for the temperature.
        ClimateGetTemperature = "HassClimateGetTemperature",
        /// Heating, cooling, off.
        ClimateSetMode = "HearthClimateSetMode",
        /// A fan's speed.
        FanSetSpeed = "HassFanSetSpeed",
        /// A humidifier's target humidity.
        HumidifierSetpoint = "HassHumidifierSetpoint",
        /// Play something.
        MediaSearchAndPlay = "HassMediaSearchAndPlay",
        /// Pause or stop playing.
        MediaPause = "HassMediaPause",
        /// Go on playing.
        MediaUnpause = "HassMediaUnpause",
        /// Next track.
        MediaNext = "HassMediaNext",
        /// Previous track.
        MediaPrevious = "HassMediaPrevious",
        /// Mute.
        MediaPlayerMute = "HassMediaPlayerMute",
        /// Unmute.
        MediaPlayerUnmute = "HassMediaPlayerUnmute",
        /// Volume, absolute.
        SetVolume = "HassSetVolume",
        /// Volume, louder or quieter.
        SetVolumeRelative = "HassSetVolumeRelative",
        /// Clean.
        VacuumStart = "HassVacuumStart",
        /// Clean one room.
        VacuumCleanArea = "HassVacuumCleanArea",
        /// Vacuum home.
        VacuumReturnToBase = "HassVacuumReturnToBase",
        /// Vacuum pause.
        VacuumPause = "HearthVacuumPause",
        /// Vacuum, where are you.
        VacuumLocate = "HearthVacuumLocate",
        /// Mow.
        LawnMowerStartMowing = "HassLawnMowerStartMowing",
        /// Mower home.
        LawnMowerDock = "HassLawnMowerDock",
        /// Arm the alarm panel.
        AlarmArm = "HearthAlarmArm",
        /// Disarm the alarm panel.
        AlarmDisarm = "HearthAlarmDisarm",
        /// Add to the shopping list.
        ShoppingListAddItem = "HassShoppingListAddItem",
        /// Tick off the shopping list.
        ShoppingListCompleteItem = "HassShoppingListCompleteItem",
        /// Add to a list.
        ListAddItem = "HassListAddItem",
        /// Tick off a list.
        ListCompleteItem = "HassListCompleteItem",
        /// Take off a list.
        ListRemoveItem = "HassListRemoveItem",
        /// What is on a list.
        ListQuery = "HearthListQuery",
        /// Start a timer.
        StartTimer = "HassStartTimer",
        /// Cancel a timer.
        CancelTimer = "HassCancelTimer",
        /// Cancel them all.
        CancelAllTimers = "HassCancelAllTimers",
        /// Lengthen a timer.
        IncreaseTimer = "HassIncreaseTimer",
        /// Shorten a timer.
        DecreaseTimer = "HassDecreaseTimer",
        /// Pause a timer.
        PauseTimer = "HassPauseTimer",
        /// Go on with a timer.
        UnpauseTimer = "HassUnpauseTimer",
        /// How long is left.
        TimerStatus = "HassTimerStatus",
        /// An alarm at a clock time.
        SetAlarm = "HearthSetAlarm",
        /// Remove such an alarm.
        CancelAlarm = "HearthCancelAlarm",
        /// Which alarms are set.
        AlarmQuery = "HearthAlarmQuery",
        /// Snooze the ringing alarm.
        Snooze = "HearthSnooze",
        /// A reminder.
        SetReminder = "HearthSetReminder",
        /// What is scheduled.
        ScheduleQuery = "HearthScheduleQuery",
        /// Take a scheduled action back.
        CancelSchedule = "HearthCancelSchedule",
        /// The weather.
        GetWeather = "HassGetWeather",
        /// The time.
        GetCurrentTime = "HassGetCurrentTime",
        /// The date.
        GetCurrentDate = "HassGetCurrentDate",
        /// Say something in other rooms.
        Broadcast = "HassBroadcast",
        /// Never mind.
        Nevermind = "HassNevermind",
        /// A greeting or a question to the assistant itself.
        Respond = "HassRespond",
        /// Take the last thing back.
        Undo = "HearthUndo",
        /// The last request again, for another place or thing.
        Again = "HearthAgain",
        /// The last request was meant for something else.
        Correct = "HearthCorrect",
        /// Say the last reply again.
        Repeat = "HearthRepeat",
        /// Why something was done or is as it is.
        Explain = "HearthExplain",
        /// What the hub has learned of what is usual here.
        HabitQuery = "HearthHabitQuery",
        /// Forget what was learned.
        HabitForget = "HearthHabitForget",
        /// Learn nothing more about something.
        HabitIgnore = "HearthHabitIgnore",
        /// What the hub would suggest.
        SuggestionQuery = "HearthSuggestionQuery",
        /// What the hub can do.
        Help = "HearthHelp",
        /// From now on these words mean that.
        TeachPhrase = "HearthTeachPhrase",
        /// A rule: when something happens, do something.
        RoutineCreate = "HearthRoutineCreate",
        /// Save the present state as a scene.
        SceneCreate = "HearthSceneCreate",
        /// Told not to do something: nothing may move.
        Dont = "HearthDont",
        /// An answer to the hub's open question.
        Answer = "HearthAnswer",
        /// Not a request for the house.
        NotForHouse = "HearthNotForHouse",
        /// A request for the house that can't be made out.
        Unclear = "HearthUnclear",
    }
}
