//! Bars beside a number: how wide they are.

/// The width of a bar of 100 that stands for `part` of `whole`, in tenths.
pub(super) fn width(part: i64, whole: i64) -> String {
    let tenths = if whole > 0 {
        (i128::from(part.max(0)) * 1000 / i128::from(whole)).min(1000)
    } else {
        0
    };
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_in_their_box() {
        assert_eq!(width(351, 1000), "35.1");
        assert_eq!(width(2000, 1000), "100.0");
        assert_eq!(width(-5, 1000), "0.0");
        assert_eq!(width(5, 0), "0.0");
        assert_eq!(width(i64::MAX, i64::MAX), "100.0");
    }
}
