//! The pages behind the `type` of problem documents.

use crate::domain::Rejection;

/// Kinds of problem that are not rules of the domain: slug and explanation.
const OTHERS: &[(&str, &str)] = &[
    (
        "not-found",
        "L'indirizzo non corrisponde a nulla che si possa consultare con questo accesso.",
    ),
    (
        "document-erased",
        "Il documento è stato cancellato (art. 17 GDPR): non ne resta che l'impronta.",
    ),
    ("malformed-request", "La richiesta non è comprensibile: il dettaglio dice in quale punto."),
    (
        "invalid-fields",
        "La richiesta è ben formata, ma alcuni dati non sono validi. Per ogni dato l'elenco «errors» porta il puntatore, un codice stabile e una spiegazione.",
    ),
    ("authentication-required", "Serve un token valido nell'intestazione Authorization: Bearer."),
    ("role-not-allowed", "Il ruolo di chi chiama non consente questa azione."),
    ("not-yours", "L'azione spetta all'ente interessato, o al coordinamento per suo conto."),
    ("not-in-charge", "L'azione spetta al coordinamento che segue il caso."),
    (
        "on-behalf-not-allowed",
        "Solo il coordinamento può agire per conto di un ente della propria rete.",
    ),
    (
        "idempotency-key-required",
        "Ogni registrazione porta l'intestazione Idempotency-Key con un UUID scelto da chi chiama: ripetendo la richiesta con la stessa chiave si ottiene lo stesso risultato, senza doppioni.",
    ),
    (
        "idempotency-key-reused",
        "La chiave Idempotency-Key è già stata usata con un contenuto diverso.",
    ),
    (
        "if-match-required",
        "Le modifiche che partono da ciò che si è letto portano l'intestazione If-Match con l'ETag ricevuto.",
    ),
    ("stale-revision", "La cosa è cambiata dopo la lettura: va riletta, e la modifica riproposta."),
    (
        "command-in-flight",
        "La stessa richiesta, con la stessa chiave, è in corso in questo momento.",
    ),
    ("contended", "Altri stanno modificando la stessa cosa nello stesso momento."),
    (
        "unsupported-media-type",
        "Il contenuto va inviato con il tipo indicato nella documentazione.",
    ),
    ("not-acceptable", "La risposta non è disponibile in nessuno dei tipi richiesti."),
    ("too-large", "Il contenuto supera la dimensione ammessa."),
    ("method-not-allowed", "L'indirizzo non ammette il metodo usato."),
    (
        "invalid-parameters",
        "Uno o più parametri dell'indirizzo non sono previsti o non sono validi.",
    ),
    (
        "foreign-bookmark",
        "Il segnalibro appartiene a un altro archivio: la lettura va ripresa dall'inizio.",
    ),
    ("too-many-requests", "Il numero di richieste ammesse in un minuto è stato superato."),
    (
        "unavailable",
        "Il servizio non può rispondere in questo momento: l'intestazione Retry-After dice quando riprovare.",
    ),
    (
        "insufficient-storage",
        "Lo spazio per registrare è esaurito; la consultazione resta possibile.",
    ),
    ("internal-error", "Qualcosa non ha funzionato; l'errore è stato registrato."),
];

/// The explanation of a kind of problem; `None` when there is no such kind.
pub fn explanation(slug: &str) -> Option<String> {
    let other = OTHERS.iter().find(|(known, _)| *known == slug).map(|(_, text)| (*text).to_owned());
    other.or_else(|| Rejection::ALL.iter().find(|why| why.slug() == slug).map(ToString::to_string))
}

/// All kinds of problem, with their explanations.
pub fn all() -> Vec<(String, String)> {
    let rules = Rejection::ALL.iter().map(|why| (why.slug(), why.to_string()));
    let others = OTHERS.iter().map(|(slug, text)| ((*slug).to_owned(), (*text).to_owned()));
    others.chain(rules).collect()
}
