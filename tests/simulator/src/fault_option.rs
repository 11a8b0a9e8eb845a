//! The option `--fault PLACE=FAULT` of the program: one fault, for the next request at a place.

use std::str::FromStr;
use std::time::Duration;

use vanta_simulator::{Fault, Place};

/// A fault, and the requests that it may affect.
#[derive(Clone, Debug)]
pub struct PlacedFault {
    pub place: Place,
    pub fault: Fault,
}

/// The places, by their names in the option.
const PLACES: [(&str, Place); 6] = [
    ("connect", Place::Connect),
    ("token", Place::Token),
    ("put", Place::Put),
    ("get", Place::Get),
    ("upload", Place::Upload),
    ("any", Place::Any),
];

const FAULTS: &str = "status:CODE, page:CODE, drop, reset, hang, lose-response, hold-response, \
                      reset-after or delay:SECONDS";

impl FromStr for PlacedFault {
    type Err = String;

    fn from_str(text: &str) -> Result<PlacedFault, String> {
        let (place, fault) = text.split_once('=').ok_or("write PLACE=FAULT")?;
        let known = || PLACES.map(|(name, _)| name).join(", ");
        let found = PLACES.iter().find(|(name, _)| *name == place);
        let (_, place) = *found.ok_or_else(|| format!("the place must be one of {}", known()))?;
        let fault = parse(fault).ok_or_else(|| format!("the fault must be one of {FAULTS}"))?;
        Ok(PlacedFault { place, fault })
    }
}

fn parse(text: &str) -> Option<Fault> {
    let (name, number) = text.split_once(':').unwrap_or((text, ""));
    let status = || number.parse().ok().filter(|status| (200..600).contains(status));
    let fault = match name {
        "status" => return Some(response(status()?)),
        "page" => return Some(Fault::gateway_response(status()?)),
        "delay" => return Some(Fault::Delay(Duration::from_secs(number.parse().ok()?))),
        "drop" => Fault::Drop,
        "reset" => Fault::Reset,
        "hang" => Fault::Hang,
        "lose-response" => Fault::LoseResponse,
        "hold-response" => Fault::HoldResponse,
        "reset-after" => Fault::ApplyThenReset,
        _ => return None,
    };
    number.is_empty().then_some(fault)
}

/// A refusal in the form of the API.
fn response(status: u16) -> Fault {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let body = format!(r#"{{"error":"a fault that --fault asked for: {status}"}}"#);
    Fault::Reply { status, headers, body: body.into_bytes() }
}
