//! The rule of access, case by case.
