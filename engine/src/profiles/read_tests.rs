//! Files of profiles, good and bad.

use super::{Reading, read};
use crate::number::Region;
use crate::profiles::Unreadable;
use cabrank_core::{Number, Profile};
use proptest::prelude::*;

fn try_read(file: impl AsRef<[u8]>) -> Result<Reading, Unreadable> {
    let singapore: Region = "SG".parse().expect("SG is a region");
    read(file.as_ref(), singapore)
}

fn good(file: &str) -> Vec<(Number, Profile)> {
    let reading = try_read(file).expect("readable");
    assert_eq!(reading.bad.to_string(), "");
    reading.profiles
}

/// What is said of the only bad row.
fn fault(file: impl AsRef<[u8]>) -> String {
    let reading = try_read(file).expect("readable");
    assert_eq!(reading.bad.rows, 1, "{}", reading.bad);
    reading.bad.told[0].to_string()
}

fn ann() -> (Number, Profile) {
    let profile = Profile {
        name: "Ann Lim".into(),
        language: "en".into(),
        class: "regular".into(),
        preferred_agent: "a101".into(),
        fields: vec![("door".into(), "B".into()), ("pickup".into(), "12 Ann Siang Road, lobby".into())],
    };
    (Number("+6591234567".into()), profile)
}

#[test]
fn csv_columns_stand_in_any_order_and_further_ones_become_fields() {
    let file = "pickup,number, name ,language,class,preferred_agent,door\n\
                \"12 Ann Siang Road, lobby\",9123 4567, Ann Lim,en,regular,a101,B\n";
    assert_eq!(good(file), [ann()]);
}

#[test]
fn json_lines_say_the_same() {
    let file = "{\"number\":\"+65 9123 4567\",\"name\":\"Ann Lim\",\"language\":\"en\",\"class\":\"regular\",\
                \"preferred_agent\":\"a101\",\"pickup\":\"12 Ann Siang Road, lobby\",\"door\":\"B\"}\n\n";
    assert_eq!(good(file), [ann()]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_mean_nothing() {
    let plain = good("number,name\nalice,Alice\n");
    assert_eq!(good("\u{feff}number,name\r\nalice,Alice\r\n"), plain);
    assert_eq!(good("\u{feff}{\"number\":\"alice\",\"name\":\"Alice\"}\r\n"), plain);
}

#[test]
fn columns_may_be_separated_as_spreadsheets_do() {
    let plain = good("number,name,pickup\nalice,\"Lim; Alice\",\"a\tb\"\n");
    assert_eq!(good("\u{feff}number;name;pickup\r\nalice;\"Lim; Alice\";a\tb\r\n"), plain);
    assert_eq!(good("\"number\"\tname\tpickup\nalice\tLim; Alice\t\"a\tb\"\n"), plain);
    assert!(good("\n\n{\"number\":\"alice\"}\n").len() == 1 && good("number\nalice\n").len() == 1);
}

#[test]
fn a_file_that_comes_in_small_pieces_is_the_same_file() {
    struct Dripping<'f>(&'f [u8]);
    impl std::io::Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let some = into.len().min(1);
            std::io::Read::read(&mut self.0, &mut into[..some])
        }
    }
    for file in ["\u{feff}number;name\nalice;Alice\n", "\u{feff} {\"number\":\"alice\",\"name\":\"Alice\"}"] {
        let dripping = std::io::BufReader::new(Dripping(file.as_bytes()));
        let reading = read(dripping, "SG".parse().expect("SG")).expect("readable");
        assert_eq!(reading.profiles, good("number,name\nalice,Alice\n"));
    }
}

#[test]
fn fields_of_ten_megabytes_are_told_in_a_few_words() {
    let long = "x".repeat(10 << 20);
    let rows = format!("number,name,pickup\nalice,A,{long}\n{long},B,\nbob,{long},C\ncarl,\"{long}\n");
    let reading = try_read(rows).expect("readable");
    let told = reading.bad.to_string();
    assert_eq!((reading.bad.rows, reading.profiles.len()), (4, 0), "{told}");
    assert!(told.len() < 1_000, "{} bytes are said", told.len());
    for fault in ["line 2, column `pickup`", "line 3, column `number`", "line 4, column `name`", "line 5"] {
        assert!(told.contains(fault), "{fault}: {told}");
    }
    assert!(fault(format!("{{\"number\":\"alice\",\"name\":\"{long}\"}}\n")).contains("longer than 200"));
}

#[test]
fn numbers_of_no_country_are_faults_of_their_rows() {
    for number in ["+99912345678", "+0123456", "+65", "12345678901234", "+6512"] {
        assert!(fault(format!("number\n{number}\n")).contains("no such telephone number"), "{number}");
    }
}

#[test]
fn latin_1_is_refused_where_it_stands_and_read_nowhere_as_something_else() {
    let reading = try_read(b"number;name\nalice;Ren\xe9\nbob;Bob\n\xe9ve;Eve\n").expect("readable");
    assert_eq!((reading.profiles.len(), reading.bad.rows), (1, 2), "{}", reading.bad);
    let header = try_read(b"number;pr\xe9nom\nalice;A\n").expect_err("no header").to_string();
    assert!(header.contains("line 1") && header.contains("UTF-8"), "{header}");
    assert!(fault(b"{\"number\":\"alice\",\"name\":\"Ren\xe9\"}\n").contains("line 1"));
}

#[test]
fn empty_values_are_no_fields() {
    assert_eq!(good("number,pickup\nalice,  \n"), [(Number("alice".into()), Profile::default())]);
}

#[test]
fn each_bad_row_is_told_with_line_and_column() {
    let file = "number,name\n12345678901234567890,A\nalice,A\n,B\nbob,B,extra\n";
    let reading = try_read(file).expect("readable");
    let told: Vec<String> = reading.bad.told.iter().map(ToString::to_string).collect();
    assert_eq!(reading.profiles.len(), 1);
    assert!(told[0].starts_with("line 2, column `number`: \"12345678901234567890\": no such telephone number"), "{told:?}");
    assert!(told[1].starts_with("line 4, column `number`: it is empty"), "{told:?}");
    assert!(told[2].starts_with("line 5: it has 3 values for 2 columns"), "{told:?}");
}

#[test]
fn a_quoted_line_break_does_not_shift_the_line_numbers() {
    assert!(fault("number,name\nalice,\"A\nB\"\n@,C\n").starts_with("line 4, column `number`"));
}

#[test]
fn one_number_in_two_rows_is_a_fault_that_names_both() {
    let told = fault("number\n+6591234567\nalice\n91234567\n");
    assert_eq!(told, "line 4, column `number`: the number stands in line 2 already; keep one of the two rows");
}

#[test]
fn over_long_values_are_faults() {
    let told = fault(format!("number,pickup\nalice,{}\n", "x".repeat(1_001)));
    assert!(told.contains("column `pickup`") && told.contains("longer than 1000"), "{told}");
    assert!(fault(format!("number,name\nalice,{}\n", "é".repeat(201))).contains("longer than 200"));
}

#[test]
fn a_row_that_is_not_utf8_is_a_fault_of_that_row() {
    assert_eq!(fault(b"number,name\nalice,Ren\xe9\n"), "line 2, column `name`: the text is not UTF-8; save the file as UTF-8");
}

#[test]
fn a_json_row_that_is_no_object_is_a_fault() {
    assert!(fault("{\"number\":\"alice\"}\n[1]\n").starts_with("line 2: no JSON object"));
    assert!(fault("{\"number\":\"alice\",\"pickup\":{}}\n").starts_with("line 1, column `pickup`: a list or object"));
    assert!(fault("{\"name\":\"Alice\"}\n").contains("column `number`: it is missing"));
}

#[test]
fn files_without_usable_columns_are_refused_whole() {
    for (file, said) in [
        ("", "empty"),
        ("name,pickup\nA,B\n", "no column `number`"),
        ("number|name\nalice|A\n", "with commas"),
        ("number,name,name\n", "two columns are named `name`"),
        ("number,,x\n", "column 2 has no name"),
    ] {
        let error = try_read(file).expect_err(file).to_string();
        assert!(error.starts_with("line 1: ") && error.contains(said), "{file:?}: {error}");
    }
    assert!(matches!(try_read(b"\xff\xfen\0u\0"), Err(Unreadable::Utf16)));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(file in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = try_read(&file);
        let _ = try_read([b"number,name,pickup\n".as_slice(), &file].concat());
        let _ = try_read([b"{\"number\":".as_slice(), &file].concat());
    }

    #[test]
    fn every_row_is_either_good_or_told(rows in prop::collection::vec("[a-c+0-9@\" ,]{0,12}", 0..30)) {
        let file = rows.iter().fold("number\n".to_owned(), |file, row| file + "\"" + &row.replace('"', "") + "\"\n");
        let reading = try_read(file).expect("readable");
        prop_assert_eq!(reading.profiles.len() + reading.bad.told.len(), rows.len());
    }
}
