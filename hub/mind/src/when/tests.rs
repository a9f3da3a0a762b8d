//! Times of both languages, on a Monday at ten to eleven in Berlin.

use jiff::tz::TimeZone;

use super::*;

fn berlin(now: &str) -> TimeContext {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now = now.parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
    TimeContext {
        now_ms: now.timestamp().as_millisecond(),
        zone,
        location: Some(Location { latitude: 52.52, longitude: 13.4 }),
    }
}

/// Monday.
const NOW: &str = "2026-03-02T10:50";

fn shown(read: Result<ParsedTime, TimeDoubt>, around: &TimeContext) -> String {
    let (word, timing) = match read {
        Ok(ParsedTime::At(timing)) => ("", timing),
        Ok(ParsedTime::Until(timing)) => ("until ", timing),
        Err(doubt) => return format!("{doubt:?}"),
    };
    let due = calendar::local(next(&timing, around.now_ms, around).unwrap(), around);
    let due = due.strftime("%a %d %H:%M");
    match timing {
        Timing::Weekly(days, _) => format!("{word}{due} {:07b}", days.bits()),
        Timing::Every(seconds) => format!("{word}every {seconds}"),
        Timing::At(_) | Timing::Wall(_) | Timing::Triggered(..) => format!("{word}{due}"),
    }
}

fn check_all(now: &str, cases: &[(&str, &str)]) {
    let around = berlin(now);
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, want)| (text, want, shown(read(text, &around), &around)))
        .filter(|(_, want, got)| got != *want)
        .map(|(text, want, got)| format!("{text}: {got}, not {want}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn english_times() {
    check_all(
        NOW,
        &[
            ("in 20 minutes", "Mon 02 11:10"),
            ("in an hour and a half", "Mon 02 12:20"),
            ("after 20 min", "Mon 02 11:10"),
            ("in 1 hr 30", "Mon 02 12:20"),
            ("20 minutes from now", "Mon 02 11:10"),
            ("in about half an hour", "Mon 02 11:20"),
            ("half an hour later", "Mon 02 11:20"),
            ("at 9", "Mon 02 21:00"),
            ("at 11", "Mon 02 11:00"),
            ("at 9 am", "Tue 03 09:00"),
            ("at nine a.m.", "Tue 03 09:00"),
            ("at 9 tomorrow", "Tue 03 09:00"),
            ("tomorrow at 3", "Tue 03 15:00"),
            ("tomorrow at 3 am", "Tue 03 03:00"),
            ("at half past seven", "Mon 02 19:30"),
            ("at half seven tomorrow", "Tue 03 07:30"),
            ("quarter to eight", "Mon 02 19:45"),
            ("twenty past eleven", "Mon 02 11:20"),
            ("ten minutes to one", "Mon 02 12:50"),
            ("at seven thirty", "Mon 02 19:30"),
            ("for six thirty am", "Tue 03 06:30"),
            ("at seven oh five pm", "Mon 02 19:05"),
            ("at 19:30", "Mon 02 19:30"),
            ("at 07:30", "Tue 03 07:30"),
            ("at 7:30 in the morning", "Tue 03 07:30"),
            ("at 0730", "Tue 03 07:30"),
            ("at noon", "Mon 02 12:00"),
            ("at midnight", "Tue 03 00:00"),
        ],
    );
}

#[test]
fn english_days() {
    check_all(
        NOW,
        &[
            ("tonight", "Mon 02 21:00"),
            ("tonight at 9", "Mon 02 21:00"),
            ("at 11 tonight", "Mon 02 23:00"),
            ("at 12 tonight", "Tue 03 00:00"),
            ("at 2 tonight", "Tue 03 02:00"),
            ("in the morning", "Tue 03 08:00"),
            ("this evening", "Mon 02 19:00"),
            ("tomorrow morning", "Tue 03 08:00"),
            ("tomorrow evening at 8", "Tue 03 20:00"),
            ("the day after tomorrow at 8 am", "Wed 04 08:00"),
            ("on friday at 6", "Fri 06 06:00"),
            ("next friday at 6 pm", "Fri 13 18:00"),
            ("next tuesday at noon", "Tue 10 12:00"),
            ("monday at 12", "Mon 02 12:00"),
            ("in two days at 8 am", "Wed 04 08:00"),
            ("on the 5th at 9", "Thu 05 09:00"),
            ("march 20th at 9 pm", "Fri 20 21:00"),
            ("at sunset", "Mon 02 17:46"),
            ("after sunset", "Mon 02 17:46"),
            ("an hour after sunset", "Mon 02 18:46"),
            ("30 minutes before sunrise", "Tue 03 06:19"),
            ("at sunrise", "Tue 03 06:49"),
            ("until sunset", "until Mon 02 17:46"),
            ("until 8", "until Mon 02 20:00"),
            ("till tomorrow at 7", "until Tue 03 07:00"),
            ("every day at 7", "Tue 03 07:00 1111111"),
            ("every weekday at 7", "Tue 03 07:00 0011111"),
            ("on weekends at 10 am", "Sat 07 10:00 1100000"),
            ("every sunday evening", "Sun 08 19:00 1000000"),
            ("every monday and friday at 8 pm", "Mon 02 20:00 0010001"),
            ("every morning", "Tue 03 08:00 1111111"),
            ("every night at 11", "Mon 02 23:00 1111111"),
            ("every night at 12", "Tue 03 00:00 1111111"),
            ("daily at 22:15", "Mon 02 22:15 1111111"),
            ("every day at sunset", "Mon 02 17:46 1111111"),
            ("every 2 hours", "every 7200"),
            ("every hour", "every 3600"),
            ("for seven hundred and thirty am", "Tue 03 07:30"),
            ("tuesdays at 9", "Tue 03 09:00 0000010"),
        ],
    );
}

#[test]
fn chinese_times() {
    check_all(
        NOW,
        &[
            ("明天早上七点半", "Tue 03 07:30"),
            ("每个工作日七点", "Tue 03 07:00 0011111"),
            ("二十分钟后", "Mon 02 11:10"),
            ("过20分钟", "Mon 02 11:10"),
            ("日落时", "Mon 02 17:46"),
            ("日落后半小时", "Mon 02 18:16"),
            ("日出前半小时", "Tue 03 06:19"),
            ("半小时后", "Mon 02 11:20"),
            ("一个半小时之后", "Mon 02 12:20"),
            ("七点", "Mon 02 19:00"),
            ("晚上七点一刻", "Mon 02 19:15"),
            ("早上7点", "Tue 03 07:00"),
            ("下午三点二十分", "Mon 02 15:20"),
            ("凌晨两点", "Tue 03 02:00"),
            ("今晚十二点", "Tue 03 00:00"),
            ("中午十二点", "Mon 02 12:00"),
            ("明早六点", "Tue 03 06:00"),
            ("明晚8点05分", "Tue 03 20:05"),
            ("后天上午十点", "Wed 04 10:00"),
            ("听日朝早七點", "Tue 03 07:00"),
            ("周五下午三点", "Fri 06 15:00"),
            ("下周五早上八点", "Fri 13 08:00"),
            ("星期四七点", "Thu 05 07:00"),
            ("5号早上九点", "Thu 05 09:00"),
            ("三月二十号晚上九点", "Fri 20 21:00"),
            ("每天早上八点", "Tue 03 08:00 1111111"),
            ("每晚十点半", "Mon 02 22:30 1111111"),
            ("每周一三五早上七点", "Wed 04 07:00 0010101"),
            ("每周日晚上", "Sun 08 19:00 1000000"),
            ("周一到周五早上六点", "Tue 03 06:00 0011111"),
            ("每个周末上午十点", "Sat 07 10:00 1100000"),
            ("每隔两小时", "every 7200"),
            ("直到日落", "until Mon 02 17:46"),
            ("三天后早上九点", "Thu 05 09:00"),
            ("19点30分", "Mon 02 19:30"),
            ("晚上", "Mon 02 19:00"),
        ],
    );
}

#[test]
fn what_can_not_be_read_is_no_time() {
    check_all(
        NOW,
        &[
            "when i get home",
            "before bed",
            "later",
            "待会儿",
            "睡觉前",
            "at the office",
            "soon",
            "before sunset",
            "at 25",
            "at 7:75",
            "every other day",
            "ten minutes before",
            "",
            "at 9 and 10",
            "明天后天",
            "on friday on sunday at 9",
        ]
        .map(|text| (text, "Unreadable")),
    );
    check_all(NOW, &["tomorrow", "明天", "on friday", "every day", "每天", "今天"].map(|text| (text, "NoTimeOfDay")));
    check_all(NOW, &["today at 9 am", "this morning at 8", "今天早上七点"].map(|text| (text, "Past")));
    let nowhere = TimeContext { location: None, ..berlin(NOW) };
    assert_eq!(read("at sunset", &nowhere), Err(TimeDoubt::NoLocation));
    let unset = TimeContext { now_ms: 60_000, ..berlin(NOW) };
    assert_eq!(read("at 9", &unset), Err(TimeDoubt::NoClock));
    assert!(read("in 10 minutes", &unset).is_ok());
}

#[test]
fn the_clock_is_put_forward_and_back() {
    // At two in the night of the 29th of March the clock is put forward to three.
    check_all(
        "2026-03-28T20:00",
        &[("tomorrow at 2:30 am", "Sun 29 03:30"), ("every day at 7", "Sun 29 07:00 1111111")],
    );
    let around = berlin("2026-03-28T20:00");
    let seven = Timing::Weekly(Days::ALL, DayTime::Clock { hour: 7, minute: 0 });
    let first = next(&seven, around.now_ms, &around).unwrap();
    assert_eq!(first - around.now_ms, 10 * 3_600_000, "the night is an hour shorter");
    // Of the two half past two on the 25th of October the first counts, and only once.
    let around = berlin("2026-10-24T20:00");
    let night = Timing::Weekly(Days::ALL, DayTime::Clock { hour: 2, minute: 30 });
    let first = next(&night, around.now_ms, &around).unwrap();
    let second = next(&night, first, &around).unwrap();
    assert_eq!(second - first, 25 * 3_600_000);
    // In another zone the same wall time is another moment.
    let tokyo = TimeContext { zone: TimeZone::get("Asia/Tokyo").unwrap(), ..around.clone() };
    let wall = Timing::Wall(Wall { year: 2026, month: 11, day: 1, hour: 9, minute: 0 });
    assert_eq!(next(&wall, 0, &around).unwrap() - next(&wall, 0, &tokyo).unwrap(), 8 * 3_600_000);
}

#[test]
fn a_time_is_found_again_by_its_words() {
    let around = berlin(NOW);
    let found = |text: &str, set: &str| {
        let Ok(ParsedTime::At(timing)) = read(set, &around) else { panic!("{set}") };
        speaks_of(text, &timing, next(&timing, around.now_ms, &around).unwrap(), &around)
    };
    assert_eq!(found("at 7", "tomorrow at 7 am"), Some(true));
    assert_eq!(found("7 am", "tomorrow at 7 am"), Some(true));
    assert_eq!(found("7 pm", "tomorrow at 7 am"), Some(false));
    assert_eq!(found("tomorrow", "tomorrow at 7 am"), Some(true));
    assert_eq!(found("morning", "tomorrow at 7 am"), Some(true));
    assert_eq!(found("friday", "tomorrow at 7 am"), Some(false));
    assert_eq!(found("friday", "every weekday at 7 am"), Some(true));
    assert_eq!(found("weekdays at seven", "every weekday at 7 am"), Some(true));
    assert_eq!(found("明天早上的", "明天早上七点"), Some(true));
    assert_eq!(found("at sunset", "at sunset"), Some(true));
    assert_eq!(found("the purple one", "at sunset"), None);
}
