# What Hearth says in English: whole sentences and the fixed parts of them.
# What needs grammar (plurals, lists, verbs) is made in `wording.rs` and comes in as a variable.

## Said when nothing came of it.

not-understood = Sorry, I did not understand that, so I did nothing.
not-for-house = That is nothing I can do in this house.
no-model = My language model is not running, so I only understand plain commands such as “turn on” and a name. I did nothing.
model-failed = I lost my train of thought and did nothing. Please say it again.
too-long = That was too long for me. Please say it in fewer words.
no-question = There is nothing open to answer.
dropped = All right, I leave it.
unmet = It is not so now that “{ $condition }”, so I did nothing.
wrong-pin = That is not the PIN. I did nothing.
pin-locked = Too many wrong PINs. Please wait five minutes.
stopped = Stopped.
given-up = I still don't know what you mean, so let's leave it. Nothing was done.
nothing-to-undo = There is nothing I could take back.
nothing-said = I have not said anything yet.
nothing-before = I don't know what that refers to, so I did nothing.
nothing-done = I have done nothing here lately.
name-taken = Something else has that name already, so I did not save it. Please choose another name.
which-room = Of which room? Please say it with the room's name.
nothing-to-save = Nothing there has reported how it is, so there is nothing to save.
not-to-be-taught = Those words can't get another meaning.
meaning-unknown = I don't understand what it shall mean, so I did not learn it.
which-to-name = I don't know which one shall be called so. Please say its name too.
no-action = I don't understand what I shall do then, so I did not keep it.
not-yours = The household lets you use things, but not change names, rules or what others planned. I did nothing.
no-room = My disk is full, so I could not write that down and did not do it. Devices still work.
not-kept = I could not write that down, so I did not do it. My log says why.
one-at-a-time = The rest I leave; please ask me for it afterwards.
general-model = The general model says: { $said }

## Questions.

which = Which one: { $names }?
choice-in-area = { $name } in the { $area }
another-one = another one
did-you-mean-name = I know no “{ $heard }”. Did you mean { $names }?
did-you-mean-steps = Did you mean: { $wishes }?
confirm-many = That is a lot of things in many rooms at once. Shall I?
confirm = Shall I really { $wish } { $names }?
pin-many = That is a lot of things in many rooms at once. I need the PIN for it.
pin = To { $wish } { $names } I need the PIN.
wish-unlock = unlock
wish-disarm = disarm
wish-open = open
wish-switch = switch
value-light = What shall I set the light to?
value-temperature = To what temperature?
value-position = To what position?
value-item = Which item?
value-scene = What shall the scene be called?
value-fan = How fast?
value-volume = How loud?
value-timer-change = By how long?
value-reminder = What shall I remind you of?
value-timer = For how long?
value-other = What do you mean? Please name it.

## Times that can't be used.

when = When?
when-unreadable = I can't tell when “{ $heard }” is, so I did nothing. At what time?
when-no-time-of-day = At what time?
when-past = “{ $heard }” is over already, so I did nothing. When do you mean?
when-no-location = I don't know where the house stands, so I can't tell when the sun rises or sets. Set home.latitude and home.longitude.
when-no-such-sun = The sun does not do that here at this time of the year.
when-no-clock = I don't know the time yet, so I did nothing.

## Misses.

no-such-name = I know no “{ $name }” here, so I did nothing. What is it called?
no-such-place = I know no place called “{ $place }”, so I did nothing. Where do you mean?
nothing-of-kind-there = There is no { $kind } in the { $place }. Which do you mean?
nothing-of-kind = I know of no { $kind } in this house. What do you mean?
unable = { $name } can't do that.
out-of-range = { $asked } is out of range: it takes { $least } to { $most }.
no-schedule = Nothing like that is scheduled. Which one do you mean?
nothing-rings = Nothing is ringing.
no-condition = I can't watch for that condition, so I did not keep it. Please name a door, a room, a person or a measured value.
no-way-back = I would not know how to end that on { $name }, so I did nothing.
not-supported = I understood, but I can't do that yet, so I did nothing.

## Refusals.

never-many = The household does not allow that much at once.
never = The household does not allow that for { $names }.
too-often = { $name } was told something too often in the last minute. Please wait a little.
gone = { $name } is not there any more.
beyond-limits = You may set { $name } between { $least } and { $most }, so I did nothing.
out-of-bounds = { $asked } is not safe for { $name }, so I did nothing.

## Dangers.

alarm-triggered = { $name } has gone off!
alarm-pending = { $name } goes off in a moment unless it is disarmed.
danger = { $name } reports { $danger }!
danger-smoke = smoke
danger-gas = gas
danger-carbon-monoxide = carbon monoxide
danger-water = water

## What was done. `$subject` begins a sentence, `$who` stands inside one, `$be` goes with it.

underway = { $subject } { $be } { $doing }.
underway-opening = opening
underway-closing = closing
underway-arming = arming
underway-home = on the way home
underway-moving = moving there
confirmed = { $deed }.
already = { $subject } { $be } already { $state }.
sent = I sent the command to { $who }, which can't report back.
timed-out = { $subject } did not answer, so I can't tell whether it is { $state }.
offline = { $subject } can't be reached, so nothing happened there.
refused = { $subject } did not do it: “{ $reason }”.
refused-state = { $subject } did not do it: it is not { $state }.
unable-but = { $subject } has no “{ $state }”; it takes { $takes }. I sent it nothing.
unable-sent = { $subject } has no way to be { $state }, so I sent nothing there.
takes-degrees = { $least } to { $most } degrees

## Timers.

timer-started-named = The { $name } timer runs for { $length }.
timer-started = The timer runs for { $length }.
no-timers = There are no timers.
timer-title = the timer of { $length }
timer-cancelled = The timer is cancelled.
timers-cancelled = { $count } timers are cancelled.
timer-more = The timer has { $length } more.
timer-less = The timer has { $length } less.
timer-paused = The timer is paused.
timer-resumed = The timer goes on.
timer-rings-named = The { $name } timer is done.
timer-rings = The timer of { $length } is done.
late-timer-named = The { $name } timer ran out { $at }; I was not running then.
late-timer = A timer ran out { $at }; I was not running then.
timer-left-named = { $length } left on the { $name } timer
timer-left = { $length } left on the timer
timers-left = { $timers }.

## What is scheduled.

title-action = { $what } { $when }
title-other = { $what } { $when }
listed-paused = { $title } (paused)
alarm-named = the { $name } alarm
alarm = the alarm
reminder = the reminder “{ $message }”
scheduled-action = I will { $what } { $when }.
scheduled-action-for = I will { $what } { $when } for { $length }.
scheduled-alarm = { $subject } is set: { $when }.
scheduled-reminder = I will remind you { $when }: { $message }.
schedule-cancelled = Cancelled: { $titles }.
snoozed = All right, again in { $length }.
nothing-scheduled = Nothing is scheduled.
schedule-list = There is: { $titles }.
reminder-rings = A reminder: { $message }.
alarm-rings-named = It is { $time }: your { $name } alarm.
alarm-rings = It is { $time }: your alarm.
rings-late = { $said } It was due at { $time }; I was not running then.
missed-action = I did not { $what }: it was due { $at }, and I was not running then.
missed-other = You missed { $what }: it was due { $at }, and I was not running then.
withheld = It was time to { $what }, but I did not. { $why }
routine-question = I would { $what } { $when }. Shall I keep that?
broadcast-everyone = I tell everyone: { $message }.
broadcast = I tell the { $names }: { $message }.

## When something happens, as it stands in a sentence.

every-length = every { $length }
in-length = in { $length }
length-ago = { $length } ago
just-now = just now
today-at = at { $time }
tomorrow-at = tomorrow at { $time }
yesterday-at = yesterday at { $time }
weekday-at = on { $weekday } at { $time }
date-at = on { $day } { $month } at { $time }
every-day = every day
every-workday = every weekday
every-weekend = every weekend
every-weekday = every { $weekdays }
weekly-at = { $days } at { $time }
weekly-at-sun = { $days } at { $sun }
weekly-after-sun = { $days } { $length } after { $sun }
weekly-before-sun = { $days } { $length } before { $sun }
sun-dawn = dawn
sun-rise = sunrise
sun-set = sunset
sun-dusk = dusk
when-so = when { $so }
when-so-dark = when { $so } after sunset
when-so-day = when { $so } during the day
when-so-for = when { $so } for { $length }
only-if = { $when }, if { $so }
it-is-dark = it is dark
it-is-light = it is light
it-is-between = it is between { $from } and { $to }
it-is-one-of = it is { $days }
it-is-not-so = it is not so that { $so }
attribute-of = the { $attribute } of { $name }
state-is = { $names } { $be } { $state }
is-above = { $name } is above { $limit }
is-below = { $name } is below { $limit }

## Answers.

help = I switch and dim lights, move blinds, set heating, play music, mind locks and the alarm, keep lists and timers, and tell you how things stand. Just say what you want.
greeting = I am here. What can I do?
nevermind = All right.
dont-know = I don't know.
none-reported = I don't know: { $names } did not report.
how-many = { $matching } of { $known }.
not-that-one = No, { $names } is not { $state }.
none-of-them = No, none of { $known } is { $state }.
all-of-them = Yes, all { $known } are { $state }.
not-all-of-them = No, only { $matching } of { $known }: { $names }.
the-one = { $names } is { $state }.
the-ones = { $matching } of { $known } are { $state }: { $names }.
yes-that-one = Yes, { $names } is { $state }.
yes-one = Yes, { $names } is { $state }.
yes-some = Yes, { $matching } of { $known } are { $state }: { $names }.
but-unknown = { $said } I don't know about { $names }.
not-reported = { $name } has not reported yet.
value-is = { $name } is { $value }.
temperature-there = It is { $value }{ $there }.
temperature-shown = { $name } shows { $value }.
no-weather = I have no weather report yet.
weather-warm = It is { $condition } and { $degrees } outside.
weather = It is { $condition } outside.
time-now = It is { $hour }:{ $minute }.
date-today = It is { $weekday }, { $day } { $month } { $year }.
list-empty = { $name } is empty.
list-items = On { $name }: { $items }.

## Why things are as they are, and what was learnt.

since-unknown = I don't know how { $name } is.
since-before = { $name } is { $state }, since before I was started.
since-then = { $name } is { $state }; that was { $at }.
cause-unknown = I don't know how { $name } is, so I can't say why.
cause-told = { $name } is { $state }: { $cause } { $at }.
cause-told-words = { $name } is { $state }: { $cause } (“{ $words }”) { $at }.
cause-before = { $name } is { $state }: { $cause }.
cause-voice = someone asked for it
cause-page = someone did it on the page
cause-api = a program or a person asked for it over the network
cause-device = it was done at the device itself or by something other than me
cause-schedule = it was scheduled
cause-routine = a routine did it
cause-replay = it was so before I was started; I don't know why
because-of = { $names }, because { $reason }
because = You said “{ $words }”, and I took it to mean { $reasons }.
scene-saved-one = Saved how the { $place } is now ({ $count } device) as “{ $name }”.
scene-saved = Saved how the { $place } is now ({ $count } devices) as “{ $name }”.
taught = All right: “{ $phrase }” means “{ $meaning }” from now on.
shopping-list = Shopping List
list-named = { $name } List
todo-list = To-do List

## What the household does again and again, with its evidence.

days-counted = days
workdays-counted = weekdays
weekend-days-counted = weekend days
weekday-counted = { $weekday }s
habit-at = On { $hits } of the last { $of } { $days } { $deed } at { $time }
habit-between = On { $hits } of the last { $of } { $days } { $deed } between { $from } and { $to }
habit-sun = On { $hits } of the last { $of } { $days } { $deed } at { $sun }
habit-after-sun = On { $hits } of the last { $of } { $days } { $deed } about { $length } after { $sun }
habit-before-sun = On { $hits } of the last { $of } { $days } { $deed } about { $length } before { $sun }
habit-after = { $hits } of { $of } times { $deed } within about { $length } when { $so }
habit-length = { $hits } of { $of } times { $deed } again after about { $length }
habit-value = { $hits } of { $of } times { $name } was { $state }
habit-other = { $hits } of { $of } times { $deed }
habit-plain = { $habit }.
habit-only-if = { $habit }, counting only when { $so }.
habit-offered = { $habit } Shall I do that from now on?
habit-now = { $habit } It is about that time. Shall I do it now?
hint-left-on = Nobody is at home and { $name } is { $state }; { $off } of { $of } times that nobody was there it was not.
hint-window-open = { $name } is { $state }, and { $window } is open.
hint-long = { $name } has been { $state } for { $length }; of { $of } times it was hardly ever longer than { $mostly }.
hint-unusual = { $name } says { $value }; at about this hour of the last { $days } days it was between { $from } and { $to }.
hint-turn-off = { $hint } Shall I turn it off?
hint-close = { $hint } Shall I close it?
hint-lock = { $hint } Shall I lock it?
habits-more = And { $count } more; the page lists them all.
habits-forget = Shall I forget everything that I learned of this household? It can't be brought back.
habits-forget-of = Shall I forget what I learned about { $names }? It can't be brought back.
habits-ignored = From now on I learn nothing about { $names }.
learned-nothing = I have learned nothing about that so far.
not-learning = I learn nothing here. The owner can switch learning on in the settings.
ignore-what = Say what I should learn nothing about.
forgotten = Forgotten.
nothing-to-suggest = I have nothing to suggest right now.
not-now = All right, not for now.
never-again = All right, I won't suggest that again.
routine-paused = You took it back { $count } times, so I paused this: { $title }.

## Why something that a device or a bridge said was not taken, and what the owner can do about it.

rejected-too-large = It is too long: { $bytes } bytes, and at most { $most } are read.
rejected-not-text = It is no text (UTF-8).
rejected-unreadable = It can't be read: { $detail }
rejected-not-map = It should be one JSON object, in braces, and is not.
rejected-too-deep = Its JSON nests deeper than { $most } levels.
rejected-unfit = “{ $said }” is not { $wanted }.
rejected-too-many = There are more than { $most } of them, which is more than Hearth takes; those beyond are left out.
rejected-left-out = There are too many entities, so { $count } are left out. Let the other side share fewer.
rejected-bad-id = Its id is too long, or it has none. Give it another in its bridge.
rejected-lacks = It lacks “{ $option }”, without which it can't be used. Add it where the device is set up.
rejected-platform = Hearth knows no kind of device called “{ $name }”.
rejected-hubs-topic = Its “{ $option }” is the topic { $topic }, on which only the hub itself speaks. Give the device another.
rejected-empty-range = Its least value is not below its greatest, or they are out of bounds.
rejected-unique-id = Its unique id belongs to { $id } already, which was announced at { $topic }. Give one of the two another unique id, or take the other announcement back.
rejected-within = “{ $part }”: { $why }
rejected-by-device = The device itself refused what it was told: “{ $said }”.
rejected-foreign-topic = The broker's user “{ $user }” announced a device that uses { $topic }, where “{ $user }” may not write. If the device is its own, add that topic to the user's “trees” in the configuration.
rejected-others = The broker's user “{ $user }” announced a device in place of one that “{ $other }” announced. If it moved from one to the other, let “{ $other }” take its announcement back first.
rejected-denied = The broker does not let the hub read this topic. Give the hub's user at the broker the right to read it, then restart the hub.
template-unknown = Its template uses something that Hearth does not know: the { $part } “{ $name }”. Have the bridge say it otherwise.
template-forbidden = Its template uses “{ $what }”, which Hearth does not allow in templates.
template-too-large = Its template is too long, or could take too much time and memory.
template-broken = Its template can't be read: { $detail }
template-failed = Its template made nothing of this message: { $detail }
part-filter = filter
part-test = test
part-function = function
part-method = method
wanted-number = a number
wanted-color = a colour
wanted-position = a position
wanted-address = the device's own address
wanted-topic = a topic that can be used
