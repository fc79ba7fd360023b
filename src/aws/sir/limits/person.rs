//! Can this person watch a case or answer incidents?

use super::{Length, Result, error};
use crate::case::{Responder, Watcher};

/// An e-mail address as the service's pattern allows it, which is narrower than the standard's.
pub fn email(text: &str) -> Result<()> {
    Length { field: "email", what: "An e-mail address", least: 6, most: 254 }.check(text)?;
    let no = |why: &str| Err(error("email", format!("\"{text}\" is not an e-mail address: {why}.")));
    let Some((local, domain)) = text.split_once('@') else { return no("it has no @") };
    if local.is_empty() || !local.chars().all(|char| char.is_ascii_alphanumeric() || LOCAL.contains(char)) {
        return no(
            "what stands before the @ may have letters a–z, digits and . ! # $ % & ' * + / = ? ^ _ ` { | } ~ -",
        );
    }
    let label = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !domain.split('.').all(label) {
        return no(
            "what stands behind the @ may have letters a–z, digits and -, in parts set apart by a single dot",
        );
    }
    Ok(())
}

const LOCAL: &str = ".!#$%&'*+/=?^_`{|}~-";

pub fn watcher(watcher: &Watcher) -> Result<()> {
    let Watcher { email: address, name, job_title } = watcher;
    email(address)?;
    if let Some(name) = name {
        Length { field: "name", what: "A watcher's name", least: 1, most: 50 }.check(name)?;
    }
    if let Some(title) = job_title {
        Length { field: "job_title", what: "A watcher's job title", least: 1, most: 50 }.check(title)?;
    }
    Ok(())
}

pub fn responder(responder: &Responder) -> Result<()> {
    let Responder { name, job_title, email: address, communication: _ } = responder;
    Length { field: "name", what: "The name of a team member", least: 3, most: 50 }.check(name)?;
    Length { field: "job_title", what: "The job title of a team member", least: 1, most: 50 }
        .check(job_title)?;
    email(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_when_the_service_would_take_it() {
        let longest = format!("{}@example.com", "a".repeat(242));
        for good in
            ["a@b.co", "ana@example.com", "o'brien+sir@mail.example.org", "x!#$%&*/=?^_`{|}~-@h", &longest]
        {
            assert_eq!(email(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn an_address_that_the_service_would_refuse_is_explained_and_given_back() {
        let long = format!("{}@example.com", "a".repeat(243));
        for (bad, reason) in [
            ("", "at least 6"),
            ("a@b.c", "at least 6"),
            (&long, "at most 254"),
            ("example.com", "no @"),
            ("@example.com", "before the @"),
            ("ana maria@example.com", "before the @"),
            ("josé@example.com", "before the @"),
            ("ana@exa_mple.com", "behind the @"),
            ("ana@example..com", "behind the @"),
            ("ana@example.com.", "behind the @"),
            ("ana@b@example.com", "behind the @"),
            ("ana@bücher.example", "behind the @"),
            ("<ana@example.com>", "before the @"),
        ] {
            let refused = email(bad).map_or_else(|error| error.to_string(), |()| "taken".to_owned());
            assert!(refused.contains(reason), "{bad}: {refused}");
            assert!(bad.len() < 6 || bad.len() > 254 || refused.contains(bad), "{bad}: {refused}");
        }
    }

    #[test]
    fn names_and_job_titles_have_their_own_limits() {
        let ana = |name: &str, title: &str| Watcher {
            email: "ana@example.com".to_owned(),
            name: Some(name.to_owned()),
            job_title: Some(title.to_owned()),
        };
        let fifty = "é".repeat(50);
        assert_eq!(watcher(&ana(&fifty, &fifty)), Ok(()));
        assert_eq!(watcher(&ana(&format!("{fifty}x"), "x")).expect_err("name").field, "name");
        assert_eq!(watcher(&ana("x", "")).expect_err("title").field, "job_title");
        let team = |name: &str| Responder {
            name: name.to_owned(),
            job_title: "Responder".to_owned(),
            email: "ana@example.com".to_owned(),
            communication: Vec::new(),
        };
        assert_eq!(responder(&team("Ana")), Ok(()));
        let short = responder(&team("An")).expect_err("short").to_string();
        assert_eq!(short, "The name of a team member needs at least 3 characters; this has 2.");
    }
}
