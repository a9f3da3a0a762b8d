//! Colours from one form into another. Only arithmetic.

/// Hue (0–360) and saturation (0–100) of red, green and blue (0–255).
pub(crate) fn rgb_to_hs(red: f64, green: f64, blue: f64) -> (f64, f64) {
    let most = red.max(green).max(blue);
    let span = most - red.min(green).min(blue);
    if span <= 0.0 || most <= 0.0 {
        return (0.0, 0.0);
    }
    let sixth = match () {
        () if red == most => ((green - blue) / span).rem_euclid(6.0),
        () if green == most => (blue - red) / span + 2.0,
        () => (red - green) / span + 4.0,
    };
    (tidy(sixth * 60.0), tidy(span / most * 100.0))
}

/// Red, green and blue (0–255) of hue and saturation at full brightness.
pub(crate) fn hs_to_rgb(hue: f64, saturation: f64) -> (f64, f64, f64) {
    let strength = |offset: f64| {
        let part = (offset + hue / 60.0).rem_euclid(6.0);
        let dip = part.min(4.0 - part).clamp(0.0, 1.0);
        (255.0 * (1.0 - saturation / 100.0 * dip)).round()
    };
    (strength(5.0), strength(3.0), strength(1.0))
}

/// Hue and saturation of a CIE colour.
pub(crate) fn xy_to_hs(x: f64, y: f64) -> (f64, f64) {
    let y = y.max(1e-4);
    let (wide_x, wide_z) = (x / y, (1.0 - x - y) / y);
    let linear = [
        wide_x * 1.656_492 - 0.354_851 - wide_z * 0.255_038,
        -wide_x * 0.707_196 + 1.655_397 + wide_z * 0.036_152,
        wide_x * 0.051_713 - 0.121_364 + wide_z * 1.011_530,
    ];
    let most = linear.iter().copied().fold(1e-9, f64::max);
    let [red, green, blue] = linear.map(|part| gamma((part / most).max(0.0)) * 255.0);
    rgb_to_hs(red, green, blue)
}

/// A CIE colour of hue and saturation.
pub(crate) fn hs_to_xy(hue: f64, saturation: f64) -> (f64, f64) {
    let (red, green, blue) = hs_to_rgb(hue, saturation);
    let [red, green, blue] = [red, green, blue].map(|part| inverse_gamma(part / 255.0));
    let x = red * 0.664_511 + green * 0.154_324 + blue * 0.162_028;
    let y = red * 0.283_881 + green * 0.668_433 + blue * 0.047_685;
    let z = red * 0.000_088 + green * 0.072_310 + blue * 0.986_039;
    let sum = (x + y + z).max(1e-9);
    ((x / sum * 1000.0).round() / 1000.0, (y / sum * 1000.0).round() / 1000.0)
}

/// Kelvin of mireds and the other way round, rounded down as Home Assistant does.
pub(crate) fn mireds(other: f64) -> f64 {
    (1_000_000.0 / other.max(1.0)).floor()
}

fn gamma(part: f64) -> f64 {
    if part <= 0.003_130_8 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 }
}

fn inverse_gamma(part: f64) -> f64 {
    if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn tidy(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::{hs_to_rgb, hs_to_xy, rgb_to_hs, xy_to_hs};

    #[test]
    fn colours_come_back() {
        assert_eq!(rgb_to_hs(255.0, 0.0, 0.0), (0.0, 100.0));
        assert_eq!(rgb_to_hs(0.0, 0.0, 255.0), (240.0, 100.0));
        assert_eq!(hs_to_rgb(120.0, 100.0), (0.0, 255.0, 0.0));
        let (x, y) = hs_to_xy(0.0, 100.0);
        let (hue, saturation) = xy_to_hs(x, y);
        assert!((hue + 3.0).rem_euclid(360.0) < 6.0 && 97.0 < saturation, "{hue} {saturation}");
        let (hue, saturation) = xy_to_hs(f64::MAX, 0.0);
        assert!(hue.is_finite() && saturation.is_finite());
    }
}
