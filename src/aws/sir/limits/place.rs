//! Which account, Region or service did the person mean?

use aws_sdk_securityir::types::AwsRegion;

use super::{Length, Result, error};

/// An account id: twelve digits, written `1111-2222-3333` or without dashes.
pub fn account(text: &str) -> Result<String> {
    let digits: String = text.trim().chars().filter(|char| *char != '-').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error(
            "account",
            format!("\"{text}\" is not an account id: twelve digits, like 111122223333."),
        ));
    }
    match digits.len() {
        12 => Ok(digits),
        fewer @ ..12 => Err(error(
            "account",
            format!(
                "{text} has {fewer} of the twelve digits of an account id. Zeros at its front are part of it."
            ),
        )),
        more => Err(error("account", format!("{text} has {more} digits; an account id has twelve."))),
    }
}

/// A Region that a case can name: any of the 36 in the service's list, in any case.
pub fn region(text: &str) -> Result<String> {
    let wanted = text.trim().to_ascii_lowercase();
    let known = AwsRegion::values();
    if known.contains(&wanted.as_str()) {
        return Ok(wanted);
    }
    let near = known.iter().min_by_key(|region| strsim::damerau_levenshtein(region, &wanted));
    let near = near.filter(|region| strsim::damerau_levenshtein(region, &wanted) <= 3);
    let hint = near.map(|region| format!(" Did you mean {region}?")).unwrap_or_default();
    Err(error("region", format!("\"{text}\" is not a Region, like us-east-1.{hint}")))
}

/// The name of an AWS service: 2 to 50 of the characters that the service's pattern allows.
pub fn service(text: &str) -> Result<()> {
    Length { field: "service", what: "The name of a service", least: 2, most: 50 }.check(text)?;
    // The pattern `[a-zA-Z0-9 -.():]+` has a span from blank to dot, which takes in !"#$%&'()*+,- as well.
    match text
        .chars()
        .find(|char| !char.is_ascii_alphanumeric() && !(' '..='.').contains(char) && *char != ':')
    {
        Some(char) => Err(error(
            "service",
            format!("\"{text}\" cannot be sent: the name of a service has no \"{char}\"."),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_twelve_digits_and_keeps_its_zeros() {
        for (typed, sent) in [
            ("111122223333", "111122223333"),
            ("000000000001", "000000000001"),
            (" 1111-2222-3333", "111122223333"),
        ] {
            assert_eq!(account(typed).as_deref(), Ok(sent));
        }
        for (typed, reason) in [
            ("1", "1 has 1 of the twelve digits of an account id. Zeros at its front are part of it."),
            ("11112222333", "has 11 of the twelve digits"),
            ("1111222233334", "has 13 digits; an account id has twelve."),
            ("11112222333x", "\"11112222333x\" is not an account id"),
            ("١٢٣٤٥٦٧٨٩٠١٢", "is not an account id"),
            ("", "is not an account id"),
        ] {
            let refused = account(typed).expect_err("refused").to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn a_region_is_one_of_the_services_thirty_six_and_a_slip_is_understood() {
        assert_eq!(AwsRegion::values().len(), 36);
        for known in AwsRegion::values() {
            assert_eq!(region(&format!(" {} ", known.to_uppercase())).as_deref(), Ok(*known));
        }
        for (typed, reason) in [
            ("us-esat-1", "\"us-esat-1\" is not a Region, like us-east-1. Did you mean us-east-1?"),
            ("eu-west-4", "Did you mean eu-west-"),
            ("global", "is not a Region, like us-east-1."),
            ("us-east-1a", "Did you mean us-east-1?"),
        ] {
            let refused = region(typed).expect_err("refused").to_string();
            assert!(refused.contains(reason), "{refused}");
        }
        assert!(!region("global").expect_err("refused").to_string().contains("Did you mean"));
    }

    #[test]
    fn a_service_is_named_with_what_the_pattern_allows() {
        let fifty = "a".repeat(50);
        for good in ["S3", "Amazon EC2", "AWS Identity & Access", "Route 53 (DNS): public", &fifty] {
            assert_eq!(service(good), Ok(()), "{good}");
        }
        let long = "a".repeat(51);
        for (bad, reason) in [
            ("S", "at least 2"),
            (&*long, "at most 50 characters; this has 51"),
            ("S3/Glacier", "no \"/\""),
            ("S3_x", "no \"_\""),
            ("Übersicht", "no \"Ü\""),
        ] {
            let refused = service(bad).expect_err("refused").to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }
}
