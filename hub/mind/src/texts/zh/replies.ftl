# What Hearth says in Chinese (simplified): whole sentences and the fixed parts of them.
# What needs grammar (measure words, lists, word order inside a phrase) is made in `wording.rs` and comes in as a variable.

## Said when nothing came of it.

not-understood = 抱歉，我没听懂，所以什么也没做。
not-for-house = 这不是我能在家里做的事。
no-model = 语言模型没有运行，我现在只听得懂“打开”加名称这样的简单命令。我什么也没做。
model-failed = 我刚才走神了，什么也没做。请再说一遍。
too-long = 这句话太长了，请说短一点。
no-question = 现在没有需要回答的问题。
dropped = 好的，不做了。
unmet = 现在并不是“{ $condition }”，所以什么也没做。
wrong-pin = 密码不对，我什么也没做。
pin-locked = 密码错误次数太多，请五分钟后再试。
stopped = 停下了。
given-up = 我还是不明白您的意思，先不做了。什么也没改变。
nothing-to-undo = 没有可以撤销的操作。
nothing-said = 我还没有说过什么。
nothing-before = 我不知道您指的是什么，所以什么也没做。
nothing-done = 我最近没有在这里做过什么。
name-taken = 这个名字已经有了，所以没有保存。请换一个名字。
which-room = 哪个房间？请带上房间的名字再说一遍。
nothing-to-save = 那里没有设备报告状态，没有可以保存的。
not-to-be-taught = 这句话不能另外设定意思。
meaning-unknown = 我没听懂它应该是什么意思，所以没有记住。
which-to-name = 我不知道给哪个取这个名字，请说出它现在的名称。
no-action = 我没听懂到时候要做什么，所以没有记住。
not-yours = 家里允许您使用设备，但不能更改名称、规则或别人的安排。我什么也没做。
no-room = 我的磁盘满了，记不下来，所以没有执行。设备仍然可以控制。
not-kept = 我没能记下来，所以没有执行，原因在日志里。
one-at-a-time = 其余的先不做，请稍后再说。
general-model = 通用模型说：{ $said }

## Questions.

which = 您是指哪一个：{ $names }？
choice-in-area = { $area }的{ $name }
another-one = 别的
did-you-mean-name = 我不知道“{ $heard }”。您是指{ $names }吗？
did-you-mean-steps = 您是要{ $wishes }吗？
confirm-many = 这会同时打开很多房间的设备。要继续吗？
confirm = 真的要{ $wish }{ $names }吗？
pin-many = 这会同时打开很多房间的设备，需要密码。
pin = { $wish }{ $names }需要密码。
wish-unlock = 解锁
wish-disarm = 撤防
wish-open = 打开
wish-switch = 操作
value-light = 要把灯调成什么样？
value-temperature = 要设为多少度？
value-position = 要调到什么位置？
value-item = 哪一项？
value-scene = 场景叫什么名字？
value-fan = 要多大风速？
value-volume = 音量要多大？
value-timer-change = 改多久？
value-reminder = 提醒您什么？
value-timer = 计时多久？
value-other = 您是指什么？请说出名称。

## Times that can't be used.

when = 什么时候？
when-unreadable = 我不知道“{ $heard }”是什么时候，所以什么也没做。请问几点？
when-no-time-of-day = 几点？
when-past = “{ $heard }”已经过了，所以什么也没做。您是指什么时候？
when-no-location = 我不知道房子在哪里，所以不知道日出日落的时间。请设置 home.latitude 和 home.longitude。
when-no-such-sun = 这个季节这里没有这样的日出日落。
when-no-clock = 我还不知道现在几点，所以什么也没做。

## Misses.

no-such-name = 这里没有“{ $name }”，所以我什么也没做。它叫什么名字？
no-such-place = 我不知道“{ $place }”在哪里，所以什么也没做。您是指哪里？
nothing-of-kind-there = { $place }没有{ $kind }。您是指哪个？
nothing-of-kind = 这里没有{ $kind }。您是指哪个？
unable = { $name }做不到。
out-of-range = { $asked }超出范围：只能在{ $least }到{ $most }之间。
no-schedule = 没有这样的安排。您是指哪个？
nothing-rings = 现在没有在响的闹钟。
no-condition = 这个条件我还看不懂，所以没有记住。请说出门、房间、人或测量值。
no-way-back = 我不知道之后怎样让{ $name }恢复，所以什么也没做。
not-supported = 我听懂了，但还不会做，所以什么也没做。

## Refusals.

never-many = 家里不允许一次操作这么多设备。
never = 家里不允许这样操作{ $names }。
too-often = { $name }一分钟内操作太频繁，请稍等。
gone = { $name }已经不在了。
beyond-limits = 您只能把{ $name }设在{ $least }到{ $most }之间，所以我什么也没做。
out-of-bounds = { $asked }对{ $name }来说不安全，所以我什么也没做。

## Dangers.

alarm-triggered = { $name }响了！
alarm-pending = { $name }马上要响，请尽快撤防。
danger = { $name }检测到{ $danger }！
danger-smoke = 烟雾
danger-gas = 燃气泄漏
danger-carbon-monoxide = 一氧化碳
danger-water = 漏水

## What was done. `$subject` begins a sentence, `$who` stands inside one, `$be` goes with it.

underway = { $subject }{ $doing }。
underway-opening = 正在打开
underway-closing = 正在关闭
underway-arming = 正在布防
underway-home = 正在返回
underway-moving = 正在移动
confirmed = 已{ $deed }。
already = { $subject }本来就{ $state }。
sent = 命令已发送给{ $who }，但它不能回报状态。
timed-out = { $subject }没有回应，我不确定是否{ $state }。
offline = { $subject }联系不上，没有操作。
refused = { $subject }没有执行，原因是“{ $reason }”。
refused-state = { $subject }没有执行，现在不是{ $state }。
unable-but = { $subject }没有“{ $state }”，可以设为{ $takes }，所以什么都没发送。
unable-sent = { $subject }做不到{ $state }，所以什么都没发送。
takes-degrees = { $least }到{ $most }度

## Timers.

timer-started-named = { $name }计时器开始，{ $length }。
timer-started = 计时器开始，{ $length }。
no-timers = 没有计时器。
timer-title = { $length }的计时器
timer-cancelled = 计时器已取消。
timers-cancelled = 计时器已取消。
timer-more = 计时器增加了{ $length }。
timer-less = 计时器减少了{ $length }。
timer-paused = 计时器已暂停。
timer-resumed = 计时器继续。
timer-rings-named = { $name }计时器到时间了。
timer-rings = { $length }的计时器到时间了。
late-timer-named = { $name }计时器{ $at }就到时间了，当时我没有运行。
late-timer = 计时器{ $at }就到时间了，当时我没有运行。
timer-left-named = { $name }计时器还有{ $length }
timer-left = 计时器还有{ $length }
timers-left = { $timers }。

## What is scheduled.

title-action = { $when }{ $what }
title-other = { $when }的{ $what }
listed-paused = { $title }（已暂停）
alarm-named = { $name }闹钟
alarm = 闹钟
reminder = 提醒“{ $message }”
scheduled-action = { $when }会{ $what }。
scheduled-action-for = { $when }会{ $what }，持续{ $length }。
scheduled-alarm = { $subject }设好了：{ $when }。
scheduled-reminder = 好的，{ $when }提醒您：{ $message }。
schedule-cancelled = 已取消：{ $titles }。
snoozed = 好的，{ $length }后再叫您。
nothing-scheduled = 没有安排。
schedule-list = 安排有：{ $titles }。
reminder-rings = 提醒您：{ $message }。
alarm-rings-named = { $time }，{ $name }闹钟响了。
alarm-rings = { $time }，闹钟响了。
rings-late = { $said }本来应该在{ $time }，当时我没有运行。
missed-action = 没有{ $what }：本来安排在{ $at }，当时我没有运行。
missed-other = 错过了{ $what }：本来在{ $at }，当时我没有运行。
withheld = 到了{ $what }的时间，但我没有做。{ $why }
routine-question = { $when }{ $what }。要记住吗？
broadcast-everyone = 告诉大家：{ $message }。
broadcast = 告诉{ $names }：{ $message }。

## When something happens, as it stands in a sentence.

every-length = 每隔{ $length }
in-length = { $length }后
length-ago = { $length }前
just-now = 刚才
today-at = 今天{ $time }
tomorrow-at = 明天{ $time }
yesterday-at = 昨天{ $time }
weekday-at = 星期{ $weekday }{ $time }
date-at = { $month }月{ $day }日{ $time }
every-day = 每天
every-workday = 每个工作日
every-weekend = 每个周末
every-weekday = 每周{ $weekdays }
weekly-at = { $days }{ $time }
weekly-at-sun = { $days }{ $sun }时
weekly-after-sun = { $days }{ $sun }后{ $length }
weekly-before-sun = { $days }{ $sun }前{ $length }
sun-dawn = 天亮
sun-rise = 日出
sun-set = 日落
sun-dusk = 天黑
when-so = 当{ $so }时
when-so-dark = 日落后当{ $so }时
when-so-day = 白天当{ $so }时
when-so-for = 当{ $so }持续{ $length }时
only-if = { $when }（如果{ $so }）
it-is-dark = 天黑
it-is-light = 天亮
it-is-between = 在{ $from }到{ $to }之间
it-is-one-of = 是{ $days }
it-is-not-so = 不是{ $so }
attribute-of = { $name }的{ $attribute }
state-is = { $names }{ $state }
is-above = { $name }高于{ $limit }
is-below = { $name }低于{ $limit }

## Answers.

help = 我可以开关和调节灯光、窗帘、温度、音乐、门锁和安防，管理清单和计时器，也能告诉您家里的状态。直接说就行。
greeting = 我在，需要我做什么？
nevermind = 好的。
dont-know = 我不知道。
none-reported = 我不知道，{ $names }没有报告状态。
how-many = { $known }个里有{ $matching }个{ $state }。
not-that-one = 没有，{ $names }不是{ $state }。
none-of-them = 没有，{ $known }个都不是{ $state }。
all-of-them = 是的，{ $known }个都{ $state }。
not-all-of-them = 不是，{ $known }个里只有{ $matching }个{ $state }：{ $names }。
the-one = { $names }{ $state }。
the-ones = { $names }{ $state }。
yes-that-one = 是的，{ $names }{ $state }。
yes-one = 有，{ $names }{ $state }。
yes-some = 有，{ $names }{ $state }。
but-unknown = { $said }{ $names }的状态未知。
not-reported = { $name }还没有报告状态。
value-is = { $name }：{ $value }。
temperature-there = { $there }{ $value }。
temperature-shown = { $name }{ $value }。
no-weather = 还没有收到天气信息。
weather-warm = 现在{ $condition }，{ $degrees }。
weather = 现在{ $condition }。
time-now = 现在是{ $hour }点{ $minute }分。
date-today = 今天是{ $year }年{ $month }月{ $day }日，星期{ $weekday }。
list-empty = { $name }是空的。
list-items = { $name }上有：{ $items }。

## Why things are as they are, and what was learnt.

since-unknown = 我不知道{ $name }的状态。
since-before = { $name }{ $state }，在我启动之前就是这样。
since-then = { $name }{ $state }，从{ $at }开始。
cause-unknown = 我不知道{ $name }的状态，所以说不出原因。
cause-told = { $name }{ $state }：{ $at }{ $cause }。
cause-told-words = { $name }{ $state }：{ $at }{ $cause }（“{ $words }”）。
cause-before = { $name }{ $state }：{ $cause }。
cause-voice = 有人说了
cause-page = 有人在页面上操作
cause-api = 有人或程序通过网络要求
cause-device = 是在设备上或由别的系统操作的，不是我
cause-schedule = 是定时安排
cause-routine = 是自动规则
cause-replay = 在我启动之前就是这样，我不知道原因
because-of = { $names }，因为{ $reason }
because = 您说了“{ $words }”，我理解为{ $reasons }。
scene-saved-one = 已把{ $place }现在的状态（{ $count }个设备）保存为“{ $name }”。
scene-saved = 已把{ $place }现在的状态（{ $count }个设备）保存为“{ $name }”。
taught = 好的，以后“{ $phrase }”就是“{ $meaning }”。
shopping-list = 购物清单
list-named = { $name }清单
todo-list = 待办清单

## What the household does again and again, with its evidence.

days-counted = 天
workdays-counted = 个工作日
weekend-days-counted = 个周末日
weekday-counted = 个星期{ $weekday }
habit-at = 最近{ $of }{ $days }中有{ $hits }次在{ $time }{ $deed }
habit-between = 最近{ $of }{ $days }中有{ $hits }次在{ $from }到{ $to }之间{ $deed }
habit-sun = 最近{ $of }{ $days }中有{ $hits }次在{ $sun }时{ $deed }
habit-after-sun = 最近{ $of }{ $days }中有{ $hits }次在{ $sun }后约{ $length }{ $deed }
habit-before-sun = 最近{ $of }{ $days }中有{ $hits }次在{ $sun }前约{ $length }{ $deed }
habit-after = { $of }次中有{ $hits }次在{ $so }后约{ $length }内{ $deed }
habit-length = { $of }次中有{ $hits }次在约{ $length }后又{ $deed }
habit-value = { $of }次中有{ $hits }次{ $name }是{ $state }
habit-other = { $of }次中有{ $hits }次{ $deed }
habit-plain = { $habit }。
habit-only-if = { $habit }（只算{ $so }的时候）。
habit-offered = { $habit }以后要我来做吗？
habit-now = { $habit }现在差不多是这个时候，要我现在做吗？
hint-left-on = 家里没人，{ $name }却{ $state }；没人在家的{ $of }次里有{ $off }次不是这样。
hint-window-open = { $name }{ $state }，可是{ $window }开着。
hint-long = { $name }已经{ $state }{ $length }了；以前{ $of }次几乎从没超过{ $mostly }。
hint-unusual = { $name }现在是{ $value }；最近{ $days }天的这个钟点都在{ $from }和{ $to }之间。
hint-turn-off = { $hint }要我关掉吗？
hint-close = { $hint }要我关上吗？
hint-lock = { $hint }要我锁上吗？
habits-more = 还有{ $count }条，页面上都列着。
habits-forget = 要我忘掉在这个家学到的一切吗？忘掉就找不回来了。
habits-forget-of = 要我忘掉学到的关于{ $names }的事吗？忘掉就找不回来了。
habits-ignored = 从现在起，我不再学{ $names }的使用习惯。
learned-nothing = 这方面我还没学到什么。
not-learning = 这里没有开启学习，主人可以在设置里打开。
ignore-what = 请说清楚不要学哪一个。
forgotten = 已忘掉。
nothing-to-suggest = 现在没有什么建议。
not-now = 好的，先不做。
never-again = 好的，以后不再建议这个。
routine-paused = 您撤销了{ $count }次，所以我暂停了它：{ $title }。

## Why something that a device or a bridge said was not taken, and what the owner can do about it.

rejected-too-large = 内容太长：有{ $bytes }字节，最多读取{ $most }字节。
rejected-not-text = 内容不是文本（UTF-8）。
rejected-unreadable = 内容无法读取：{ $detail }
rejected-not-map = 内容应该是一个用花括号括起来的JSON对象，但不是。
rejected-too-deep = JSON嵌套超过{ $most }层。
rejected-unfit = “{ $said }”不是{ $wanted }。
rejected-too-many = 数量超过{ $most }个，超出的部分没有收下。
rejected-left-out = 实体太多，有{ $count }个没有收下。请让对方少共享一些。
rejected-bad-id = 标识太长，或者没有标识。请在网桥里换一个。
rejected-lacks = 缺少“{ $option }”，没有它就无法使用。请在设置该设备的地方补上。
rejected-platform = Hearth不认识名为“{ $name }”的设备种类。
rejected-hubs-topic = “{ $option }”用的主题{ $topic }只能由中枢自己使用。请给设备换一个主题。
rejected-empty-range = 最小值不小于最大值，或者超出了范围。
rejected-unique-id = 它的unique_id已经属于{ $id }（在{ $topic }公布）。请给其中一个换一个unique_id，或者撤回另一个公布。
rejected-within = “{ $part }”：{ $why }
rejected-by-device = 设备自己拒绝了命令：“{ $said }”。
rejected-foreign-topic = 消息服务器的用户“{ $user }”公布的设备用到了{ $topic }，而“{ $user }”无权在那里发布。如果设备确实是它的，请在配置里把这个主题加到该用户的“trees”。
rejected-others = 消息服务器的用户“{ $user }”想用自己的公布顶替“{ $other }”公布的设备。如果设备换了网桥，请先让“{ $other }”撤回它的公布。
rejected-denied = 消息服务器不让中枢读取这个主题。请在那里给中枢的用户读取权限，然后重启中枢。
template-unknown = 它的模板用了Hearth不认识的{ $part }“{ $name }”。请让网桥换一种写法。
template-forbidden = 它的模板用了“{ $what }”，Hearth不允许在模板里使用。
template-too-large = 它的模板太长，或者可能占用过多时间和内存。
template-broken = 它的模板无法读取：{ $detail }
template-failed = 它的模板没能从这条消息得出结果：{ $detail }
part-filter = 过滤器
part-test = 测试
part-function = 函数
part-method = 方法
wanted-number = 数字
wanted-color = 颜色
wanted-position = 位置
wanted-address = 设备自己的地址
wanted-topic = 可以使用的主题
