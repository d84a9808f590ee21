//! What forms let one choose from: currencies and time zones.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::money::Currency;

/// Codes and labels of all currencies: `EUR` and `EUR, Euro`.
pub(super) fn currencies() -> Vec<(String, String)> {
    Currency::all()
        .map(|currency| {
            (
                currency.code().to_owned(),
                format!("{}, {}", currency.code(), currency.name()),
            )
        })
        .collect()
}

/// Zones that are named after a place, and UTC; the others are old spellings of these.
pub(super) fn time_zones() -> Vec<String> {
    let regions = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let placed = TZ_VARIANTS
        .iter()
        .copied()
        .filter(|zone| regions.iter().any(|region| zone.name().starts_with(region)));
    let all = std::iter::once(Tz::UTC).chain(placed);
    all.map(|zone| zone.name().to_owned()).collect()
}
