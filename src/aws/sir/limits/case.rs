//! Would the service take this case, this change of it, or this comment?
//! <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateCase.html>

use super::{Count, Length, Result, address::actor, error, file, person::watcher, place};
use crate::{
    aws::sir::{CaseChange, NewCase},
    case::{Actor, Case, Watcher},
};

pub(crate) const ENGAGEMENTS: [&str; 2] = ["Security Incident", "Investigation"];

pub(crate) const MOST_OF_A_DESCRIPTION: usize = 8_000;
pub(crate) const MOST_OF_A_COMMENT: usize = 12_000;

pub(crate) const TITLE: Length = Length { field: "title", what: "A title", least: 1, most: 300 };
pub(crate) const DESCRIPTION: Length =
    Length { field: "description", what: "A description", least: 1, most: MOST_OF_A_DESCRIPTION };
pub(crate) const COMMENT: Length =
    Length { field: "comment", what: "A comment", least: 1, most: MOST_OF_A_COMMENT };
pub(crate) const FEEDBACK: Length = Length { field: "comment", what: "A reason", least: 1, most: 1_000 };

pub fn engagement(text: &str) -> Result<()> {
    if ENGAGEMENTS.contains(&text) {
        return Ok(());
    }
    Err(error(
        "engagement",
        format!("\"{text}\" is not a kind of case: {} or {}.", ENGAGEMENTS[0], ENGAGEMENTS[1]),
    ))
}

/// Tags. A key that begins with `aws:` is AWS's own: <https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>.
pub fn tags(pairs: &[(String, String)]) -> Result<()> {
    Count { field: "tags", what: "tags", least: 0, most: 200 }.check(pairs.len())?;
    pairs.iter().try_for_each(|(key, value)| {
        tag_key(key)?;
        Length { field: "tags", what: "The value of a tag", least: 0, most: 256 }.check(value)
    })
}

/// The key of a tag: not empty, at most 128 characters, not AWS's own.
pub(crate) fn tag_key(key: &str) -> Result<()> {
    Length { field: "tags", what: "The key of a tag", least: 1, most: 128 }.check(key)?;
    match key.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("aws:") => {
            Err(error("tags", format!("\"{key}\" cannot be set: keys that begin with aws: are AWS's own.")))
        }
        _ => Ok(()),
    }
}

pub fn new_case(new: &NewCase) -> Result<()> {
    let NewCase {
        token: _,
        resolver: _,
        title: its_title,
        description: its_description,
        engagement: its_engagement,
        reported_start: _,
        accounts,
        watchers,
        actors,
        services,
        regions,
        tags: its_tags,
    } = new;
    TITLE.check(its_title)?;
    DESCRIPTION.check(its_description)?;
    engagement(its_engagement)?;
    self::watchers(watchers)?;
    self::accounts(accounts)?;
    self::regions(regions)?;
    self::services(services)?;
    self::actors(actors)?;
    tags(its_tags)
}

pub fn change(change: &CaseChange) -> Result<()> {
    if *change == CaseChange::default() {
        return Err(error("case", "Nothing was given to change."));
    }
    if let Some(text) = &change.title {
        TITLE.check(text)?;
    }
    if let Some(text) = &change.description {
        DESCRIPTION.check(text)?;
    }
    if let Some(text) = &change.engagement {
        engagement(text)?;
    }
    watchers(&change.add_watchers)?;
    accounts(&change.add_accounts)?;
    regions(&change.add_regions)?;
    services(&change.add_services)?;
    actors(&change.add_actors)?;
    metadata(&change.metadata)?;
    // What is taken away is named as the case has it; only how much of it is asked here.
    Count { field: "watchers", what: "watchers to remove at once", least: 0, most: WATCHERS }
        .check(change.remove_watchers.len())?;
    Count { field: "accounts", what: "accounts to remove at once", least: 0, most: ACCOUNTS }
        .check(change.remove_accounts.len())?;
    Count { field: "regions", what: "Regions to remove at once", least: 0, most: REGIONS }
        .check(change.remove_regions.len())?;
    Count { field: "services", what: "services to remove at once", least: 0, most: SERVICES }
        .check(change.remove_services.len())?;
    Count { field: "actors", what: "addresses to remove at once", least: 0, most: ACTORS }
        .check(change.remove_actors.len())
}

/// Whether a case has room for what a change adds to it, less what the change removes.
pub fn room(case: &Case, change: &CaseChange) -> Result<()> {
    let emails =
        |list: &[Watcher]| list.iter().map(|watcher| watcher.email.to_lowercase()).collect::<Vec<_>>();
    let ips = |list: &[Actor]| list.iter().map(|actor| actor.ip.clone()).collect::<Vec<_>>();
    let watchers =
        after(emails(&case.watchers), emails(&change.add_watchers), &emails(&change.remove_watchers));
    let actors = after(ips(&case.actors), ips(&change.add_actors), &ips(&change.remove_actors));
    let accounts = after(case.accounts.clone(), change.add_accounts.clone(), &change.remove_accounts);
    let regions = after(case.regions.clone(), change.add_regions.clone(), &change.remove_regions);
    let services = after(case.services.clone(), change.add_services.clone(), &change.remove_services);
    Count { field: "watchers", what: "watchers of a case", least: 0, most: WATCHERS }.check(watchers)?;
    Count { field: "actors", what: "addresses on a case", least: 0, most: ACTORS }.check(actors)?;
    Count { field: "accounts", what: "accounts on a case", least: 0, most: ACCOUNTS }.check(accounts)?;
    Count { field: "regions", what: "Regions on a case", least: 0, most: REGIONS }.check(regions)?;
    Count { field: "services", what: "services on a case", least: 0, most: SERVICES }.check(services)
}

/// Whether a case has room for one more file: it takes 50.
pub(crate) fn room_for_a_file(case: &Case) -> Result<()> {
    Count { field: "file", what: "files on a case", least: 0, most: file::MOST_FILES }
        .check(case.attachments.len() + 1)
}

const WATCHERS: usize = 30;
const ACTORS: usize = 200;
const ACCOUNTS: usize = 200;
const REGIONS: usize = 50;
const SERVICES: usize = 600;

/// How many there are after a change; one that is there already is not counted twice.
fn after(mut items: Vec<String>, added: Vec<String>, removed: &[String]) -> usize {
    items.extend(added);
    items.retain(|item| !removed.contains(item));
    items.sort();
    items.dedup();
    items.len()
}

fn watchers(watchers: &[Watcher]) -> Result<()> {
    Count { field: "watchers", what: "watchers of a case", least: 0, most: WATCHERS }
        .check(watchers.len())?;
    watchers.iter().try_for_each(watcher)
}

fn accounts(accounts: &[String]) -> Result<()> {
    Count { field: "accounts", what: "accounts on a case", least: 0, most: ACCOUNTS }
        .check(accounts.len())?;
    accounts.iter().try_for_each(|account| exact("account", account, place::account(account)?))
}

fn regions(regions: &[String]) -> Result<()> {
    Count { field: "regions", what: "Regions on a case", least: 0, most: REGIONS }.check(regions.len())?;
    regions.iter().try_for_each(|region| exact("region", region, place::region(region)?))
}

fn services(services: &[String]) -> Result<()> {
    Count { field: "services", what: "services on a case", least: 0, most: SERVICES }
        .check(services.len())?;
    services.iter().try_for_each(|service| place::service(service))
}

fn actors(actors: &[Actor]) -> Result<()> {
    Count { field: "actors", what: "addresses on a case", least: 0, most: ACTORS }.check(actors.len())?;
    actors.iter().try_for_each(actor)
}

fn metadata(pairs: &[(String, String)]) -> Result<()> {
    Count { field: "metadata", what: "metadata entries", least: 0, most: 30 }.check(pairs.len())?;
    pairs.iter().try_for_each(|(key, value)| {
        Length { field: "metadata", what: "The key of a metadata entry", least: 1, most: 500 }.check(key)?;
        Length { field: "metadata", what: "The value of a metadata entry", least: 1, most: 2_000 }
            .check(value)
    })
}

/// What is to be sent must be spelled as the service takes it already.
fn exact(field: &'static str, given: &str, sent: String) -> Result<()> {
    if given == sent { Ok(()) } else { Err(error(field, format!("{given} must be written {sent}."))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Attachment, AttachmentId, CaseId, Resolver, Status};

    type Check = fn(&str) -> Result<()>;

    #[test]
    fn each_text_has_its_own_longest_length_in_code_points() {
        let table: [(&str, Check, usize); 5] = [
            ("A title", |text| TITLE.check(text), 300),
            ("A description", |text| DESCRIPTION.check(text), 8_000),
            ("A comment", |text| COMMENT.check(text), 12_000),
            ("A reason", |text| FEEDBACK.check(text), 1_000),
            ("The key of a tag", tag_key, 128),
        ];
        for (what, check, most) in table {
            assert_eq!(check(&"é".repeat(most)), Ok(()), "{what}");
            let refused = check(&"é".repeat(most + 1)).expect_err(what).to_string();
            assert!(refused.starts_with(what) && refused.ends_with(": 1 too many."), "{refused}");
            assert!(check(" ").expect_err(what).to_string().contains("cannot be empty"), "{what}");
        }
    }

    #[test]
    fn a_list_has_its_own_greatest_length() {
        let list = |item: &str, count| vec![item.to_owned(); count];
        let watching =
            |count| vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }; count];
        let acting = |count| vec![Actor { ip: "203.0.113.7".to_owned(), user_agent: None }; count];
        let pair = |count| vec![("key".to_owned(), "value".to_owned()); count];
        let base = CaseChange::default;
        type Made<'a> = Box<dyn Fn(usize) -> CaseChange + 'a>;
        let table: [(usize, &str, Made<'_>); 11] = [
            (30, "watchers", Box::new(|n| CaseChange { add_watchers: watching(n), ..base() })),
            (30, "watchers", Box::new(|n| CaseChange { remove_watchers: watching(n), ..base() })),
            (200, "actors", Box::new(|n| CaseChange { add_actors: acting(n), ..base() })),
            (200, "actors", Box::new(|n| CaseChange { remove_actors: acting(n), ..base() })),
            (600, "services", Box::new(|n| CaseChange { add_services: list("S3", n), ..base() })),
            (600, "services", Box::new(|n| CaseChange { remove_services: list("S3", n), ..base() })),
            (50, "regions", Box::new(|n| CaseChange { add_regions: list("us-east-1", n), ..base() })),
            (50, "regions", Box::new(|n| CaseChange { remove_regions: list("us-east-1", n), ..base() })),
            (200, "accounts", Box::new(|n| CaseChange { add_accounts: list("111122223333", n), ..base() })),
            (
                200,
                "accounts",
                Box::new(|n| CaseChange { remove_accounts: list("111122223333", n), ..base() }),
            ),
            (30, "metadata", Box::new(|n| CaseChange { metadata: pair(n), ..base() })),
        ];
        for (most, field, made) in table {
            assert_eq!(change(&made(most)), Ok(()), "{field}");
            let refused = change(&made(most + 1)).expect_err(field);
            assert_eq!(refused.field, field);
            assert!(refused.to_string().contains(&format!("At most {most} ")), "{refused}");
        }
        assert_eq!((tags(&pair(200)), tags(&pair(201)).map_err(|error| error.field)), (Ok(()), Err("tags")));
    }

    #[test]
    fn each_part_of_a_change_is_looked_at() {
        let one = |text: &str| vec![text.to_owned()];
        let base = CaseChange::default;
        for (made, field) in [
            (base(), "case"),
            (CaseChange { title: Some(String::new()), ..base() }, "title"),
            (CaseChange { description: Some(String::new()), ..base() }, "description"),
            (CaseChange { engagement: Some("Active Security Event".to_owned()), ..base() }, "engagement"),
            (CaseChange { add_watchers: vec![Watcher::default()], ..base() }, "email"),
            (CaseChange { add_actors: vec![Actor::default()], ..base() }, "ip"),
            (CaseChange { add_services: one("x"), ..base() }, "service"),
            (CaseChange { add_regions: one("US-EAST-1"), ..base() }, "region"),
            (CaseChange { add_accounts: one("1111-2222-3333"), ..base() }, "account"),
            (CaseChange { metadata: vec![(String::new(), "x".to_owned())], ..base() }, "metadata"),
            (CaseChange { metadata: vec![("x".repeat(501), "x".to_owned())], ..base() }, "metadata"),
            (CaseChange { metadata: vec![("x".to_owned(), "x".repeat(2_001))], ..base() }, "metadata"),
        ] {
            assert_eq!(change(&made).expect_err(field).field, field);
        }
    }

    #[test]
    fn each_part_of_a_new_case_is_looked_at() {
        let new = || NewCase {
            token: "t".to_owned(),
            resolver: Resolver::Own,
            title: "Title".to_owned(),
            description: "Description".to_owned(),
            engagement: "Security Incident".to_owned(),
            reported_start: 0,
            accounts: Vec::new(),
            watchers: Vec::new(),
            actors: Vec::new(),
            services: Vec::new(),
            regions: Vec::new(),
            tags: Vec::new(),
        };
        assert_eq!(new_case(&new()), Ok(()));
        let one = |text: &str| vec![text.to_owned()];
        for (made, field) in [
            (NewCase { title: String::new(), ..new() }, "title"),
            (NewCase { description: String::new(), ..new() }, "description"),
            (NewCase { engagement: String::new(), ..new() }, "engagement"),
            (NewCase { accounts: one("1"), ..new() }, "account"),
            (NewCase { watchers: vec![Watcher::default()], ..new() }, "email"),
            (NewCase { actors: vec![Actor::default()], ..new() }, "ip"),
            (NewCase { services: one("x"), ..new() }, "service"),
            (NewCase { regions: one("mars-1"), ..new() }, "region"),
            (NewCase { tags: vec![("AWS:x".to_owned(), String::new())], ..new() }, "tags"),
            (NewCase { tags: vec![("x".to_owned(), "x".repeat(257))], ..new() }, "tags"),
        ] {
            assert_eq!(new_case(&made).expect_err(field).field, field);
        }
    }

    #[test]
    fn a_full_case_takes_another_only_for_one_that_goes() {
        let person = |index: usize| Watcher { email: format!("p{index}@example.com"), ..Watcher::default() };
        let case = Case { watchers: (0..30).map(person).collect(), ..case() };
        let swap = |add: Vec<Watcher>, remove: Vec<Watcher>| CaseChange {
            add_watchers: add,
            remove_watchers: remove,
            ..CaseChange::default()
        };
        let refused = room(&case, &swap(vec![person(30)], vec![])).expect_err("full").to_string();
        assert_eq!(refused, "At most 30 watchers of a case are possible; this has 31.");
        assert_eq!(room(&case, &swap(vec![person(30)], vec![person(0)])), Ok(()));
        assert_eq!(room(&case, &swap(vec![person(7)], vec![])), Ok(()), "one who watches already");
    }

    #[test]
    fn a_case_has_room_for_fifty_files() {
        let file = |_| Attachment {
            id: AttachmentId::new("a"),
            name: "a".to_owned(),
            status: "Verified".to_owned(),
            creator: "111122223333".to_owned(),
            created: 0,
        };
        let with = |count: usize| Case { attachments: (0..count).map(file).collect(), ..case() };
        assert_eq!(room_for_a_file(&with(49)), Ok(()));
        assert_eq!(room_for_a_file(&with(50)).expect_err("full").field, "file");
    }

    fn case() -> Case {
        Case {
            id: CaseId::new("1234567890"),
            arn: String::new(),
            title: String::new(),
            description: String::new(),
            status: Status::Submitted,
            engagement: String::new(),
            resolver: Resolver::Own,
            waits_for_customer: false,
            reported_start: None,
            actual_start: None,
            created: None,
            updated: None,
            closed: None,
            closure: None,
            accounts: Vec::new(),
            regions: Vec::new(),
            services: Vec::new(),
            watchers: Vec::new(),
            actors: Vec::new(),
            attachments: Vec::new(),
            metadata: Vec::new(),
        }
    }
}
