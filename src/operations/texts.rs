//! Personal data in what was sent: refused, or to be confirmed, before anything is stored.
//!
//! Deliberately absent: the words that were found. What is told says where they stand.
//!
//! Depends on: `privacy`, `domain::values`.

use super::{FieldFault, OperationError};
use crate::domain::values::Leaf;
use crate::privacy::detector::{self, Severity};

/// Characters of a codice fiscale: no shorter code holds one.
const FISCAL_CODE_LEN: usize = 16;

/// Refuses what holds a codice fiscale; asks to confirm texts that may hold other personal
/// data, unless the sender says that they were checked.
///
/// Codes are typed too: a person's reference or a number may be a codice fiscale.
pub(super) fn check_texts(leaves: &[Leaf], checked: bool) -> Result<(), OperationError> {
    let mut faults = Vec::new();
    for leaf in leaves {
        let text = leaf.kind == "Text";
        if text && leaf.value.is_empty() {
            // A client sent the shape of a sealed text.
            faults.push(FieldFault {
                pointer: leaf.pointer.clone(),
                kind: "not_a_text",
                detail: "Serve una stringa.".into(),
                hint: None,
            });
            continue;
        }
        if !text && leaf.value.len() < FISCAL_CODE_LEN {
            continue;
        }
        for finding in detector::check(&leaf.value) {
            if text && (finding.severity == Severity::Refuse || !checked) {
                faults.push(found(&leaf.pointer, &finding));
            } else if finding.severity == Severity::Refuse {
                faults.push(FieldFault {
                    pointer: leaf.pointer.clone(),
                    kind: "personal_data",
                    detail: "È un codice fiscale: serve un riferimento senza dati personali."
                        .into(),
                    hint: None,
                });
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(OperationError::Invalid(faults)) }
}

/// What is told of a finding: where and what, never the words.
fn found(pointer: &str, finding: &detector::Finding) -> FieldFault {
    let (kind, advice) = match finding.severity {
        Severity::Refuse => ("personal_data", ""),
        Severity::Warn => (
            "personal_data_to_confirm",
            "; se il testo è stato verificato, si ripeta con texts_checked",
        ),
    };
    FieldFault {
        pointer: pointer.to_owned(),
        kind,
        detail: format!(
            "{} (caratteri {}–{}){advice}.",
            finding.message_it.trim_end_matches('.'),
            finding.char_start,
            finding.char_end,
        ),
        hint: None,
    }
}
