//! Tests of the module above.

use super::*;
use crate::words::words;

fn check(text: &str, want: &[f64]) {
    let got: Vec<f64> = numbers(&words(text)).iter().map(|number| (number.value * 100.0).round() / 100.0).collect();
    assert_eq!(got, want, "{text}");
}

fn check_length(text: &str, want: &[u64]) {
    let got: Vec<u64> = lengths(&words(text)).iter().map(Length::total_s).collect();
    assert_eq!(got, want, "{text}");
}

#[test]
fn numbers_of_both_languages() {
    check("dim to 30 percent", &[30.0]);
    check("dim to thirty five %", &[35.0]);
    check("twenty point five degrees", &[20.5]);
    check("one hundred and five", &[105.0]);
    check("two thousand seven hundred kelvin", &[2700.0]);
    check("half", &[50.0]);
    check("minus five and seven", &[-5.0, 7.0]);
    check("百分之五十", &[50.0]);
    check("二十五度", &[25.0]);
    check("二十点五度", &[20.5]);
    check("两千七百开", &[2700.0]);
    check("一百五", &[150.0]);
    check("一百", &[100.0]);
    check("一百二十", &[120.0]);
    check("五成", &[50.0]);
    check("零下三度", &[-3.0]);
    check("nineteen and a half degrees", &[19.5]);
    check("二十六度半", &[26.5]);
    check("调到26度5", &[26.5]);
    check("26度5分钟", &[26.0, 5.0]);
    check("二十度两盏灯", &[20.0, 2.0]);
    check("空调高半度", &[0.5]);
    check("廿五度", &[25.0]);
    check("五分之一", &[20.0]);
    check("a fifth", &[20.0]);
    check("no numbers", &[]);
}

#[test]
fn lengths_of_both_languages() {
    check_length("5 minutes", &[300]);
    check_length("one hour 5 minutes and 30 seconds", &[3930]);
    check_length("half an hour", &[1800]);
    check_length("an hour and a half", &[5400]);
    check_length("two and a half hours", &[9000]);
    check_length("a quarter of an hour", &[900]);
    check_length("半小时", &[1800]);
    check_length("半个小时", &[1800]);
    check_length("一个半小时", &[5400]);
    check_length("1小时10分钟30秒", &[4230]);
    check_length("两分半", &[150]);
    check_length("三刻钟", &[2700]);
    check_length("5 minutes from the 1 hour timer", &[300, 3600]);
    check_length("1個鐘", &[3600]);
    check_length("三個字", &[900]);
    check_length("1 and a 1/2 hours", &[5400]);
    check_length("百分之五十", &[]);
    check_length("three quarters of an hour", &[2700]);
    check_length("3 quarters of a minute", &[45]);
    check_length("in 1 hr 30", &[5400]);
    check_length("one hour fifteen", &[4500]);
    check_length("1 hour 20 degrees", &[3600]);
    check_length("1 hour 20 lamps", &[3600]);
}
