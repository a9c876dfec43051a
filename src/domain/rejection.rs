//! Every way in which a rule says no.

/// Declares the rejections and the list of them all.
macro_rules! rejections {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every rejection.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    };
}

rejections! {
/// A rule of the domain refused a command.
///
/// One list for all deciders: many rules are the same in several streams. The
/// words are Italian because a user reads them; `http` gives each its status.
pub enum Rejection {
    /// The stream has no beginning yet.
    #[error("La cosa indicata non esiste.")]
    NotFound,
    /// The stream has begun already.
    #[error("Esiste già.")]
    AlreadyExists,
    /// What is recorded lies after today.
    #[error("La data di ciò che si registra non può essere nel futuro.")]
    DateInFuture,
    /// An interval ends before it begins, or a reply precedes its document.
    #[error("Le date sono in ordine inverso.")]
    DatesReversed,
    /// Something referred to does not exist.
    #[error("Un elemento citato non esiste, o non è di un tipo che qui si possa citare.")]
    UnknownReference,
    /// A union names a body that is not among its members.
    #[error("L'ente indicato non risulta fra i membri di chi agisce per suo conto.")]
    NotAMember,
    /// The command changes nothing.
    #[error("La richiesta non cambia nulla: indicare almeno un dato da modificare.")]
    NothingToChange,
    /// A whole number in sequence was expected.
    #[error("Il numero indicato non è il successivo.")]
    NotTheNextNumber,

    /// The issue was withdrawn by its reporter.
    #[error("La segnalazione è stata ritirata.")]
    IssueWithdrawn,
    /// The issue is closed.
    #[error("La segnalazione è chiusa: per aggiungere qualcosa va prima riaperta.")]
    IssueClosed,
    /// Only a closed or withdrawn issue is reopened.
    #[error("La segnalazione non è chiusa né ritirata.")]
    IssueNotClosed,
    /// The position is not of this issue, or was withdrawn.
    #[error("L'interpretazione indicata non c'è in questa segnalazione.")]
    NoSuchPosition,
    /// The position has ended already.
    #[error("L'interpretazione indicata risulta già cessata.")]
    PositionAlreadyEnded,
    /// The same authority already holds a current position in the same territory.
    #[error(
        "Per questa autorità e questo territorio c'è già un'interpretazione in corso: si corregga quella, o se ne registri la cessazione."
    )]
    PositionAlreadyRecorded,
    /// The citation is not of this issue.
    #[error("La citazione indicata non c'è in questa segnalazione.")]
    NoSuchCitation,
    /// The same norm, article and paragraph is cited already.
    #[error("La norma è già citata in questa segnalazione.")]
    AlreadyCited,
    /// The request for clarification is not of this issue.
    #[error("La richiesta di chiarimento indicata non esiste.")]
    NoSuchClarification,
    /// The clarification was given already.
    #[error("Il chiarimento richiesto è già stato fornito.")]
    ClarificationAlreadyProvided,
    /// The clarification was asked of another body.
    #[error("Il chiarimento è stato chiesto a un altro ente.")]
    ClarificationAskedOfAnother,
    /// One endorsement per body.
    #[error("L'ente ha già dichiarato che succede anche da lui.")]
    AlreadyEndorsed,
    /// The reporter need not endorse.
    #[error("L'ente è quello che ha segnalato il caso.")]
    ReporterCannotEndorse,
    /// The endorsement is not of this issue, or was withdrawn.
    #[error("L'adesione alla segnalazione indicata non esiste.")]
    NoSuchEndorsement,
    /// An endorsement names one reading: a recorded one or a new one.
    #[error("Si indichi un'interpretazione già registrata oppure una nuova, non entrambe.")]
    OneReadingOnly,
    /// A thing cannot be linked to itself.
    #[error("Una cosa non può essere collegata a sé stessa.")]
    LinkToSelf,
    /// The link exists already.
    #[error("Il collegamento esiste già.")]
    AlreadyLinked,
    /// The link does not exist.
    #[error("Il collegamento indicato non esiste.")]
    NotLinked,
    /// The link would close a circle.
    #[error("Il collegamento formerebbe un circolo.")]
    LinkCycle,
    /// An issue is the duplicate of one other at most.
    #[error("La segnalazione è già indicata come duplicato di un'altra.")]
    AlreadyADuplicate,
    /// An answer is linked with a result on issues, with points on questions.
    #[error(
        "Il collegamento a un riscontro indica l'esito per la segnalazione, oppure gli esiti per i punti del quesito."
    )]
    WrongOutcome,
    /// The visibility is the one asked for already.
    #[error("La visibilità è già quella indicata.")]
    SameVisibility,
    /// There is no public abstract.
    #[error("Non c'è una scheda pubblica.")]
    NotPublished,
    /// A public abstract exists already.
    #[error("C'è già una scheda pubblica: va prima ritirata.")]
    AlreadyPublished,
    /// The issue must be in scope.
    #[error("Manca un'istruttoria con esito positivo.")]
    NotInScope,
    /// Readings still diverge.
    #[error("Risultano ancora interpretazioni opposte: non si può chiudere come ricomposta.")]
    StillDivergent,

    /// The question was rejected, closed or withdrawn.
    #[error("Il quesito è concluso.")]
    QuestionEnded,
    /// Only an ended question is reopened.
    #[error("Il quesito non è concluso.")]
    QuestionNotEnded,
    /// The text cannot be changed any more.
    #[error("Il quesito è già stato trasmesso: il testo non si può più cambiare.")]
    AlreadyDispatched,
    /// The question was not sent yet.
    #[error("Il quesito non è ancora stato trasmesso.")]
    NotDispatched,
    /// The text version is not the current one.
    #[error("La versione del testo indicata non è quella corrente.")]
    NotTheCurrentText,
    /// This very text was not approved.
    #[error("Questa versione del testo non è stata approvata.")]
    NotApproved,
    /// This very text was approved already.
    #[error("Questa versione del testo è già approvata.")]
    AlreadyApproved,
    /// Nobody is collecting adhesions.
    #[error("La raccolta delle adesioni non è aperta.")]
    AdhesionsNotOpen,
    /// Adhesions are being collected already.
    #[error("La raccolta delle adesioni è già aperta.")]
    AdhesionsAlreadyOpen,
    /// The body already adhered to this text.
    #[error("L'ente ha già aderito a questo testo.")]
    AlreadyAdhered,
    /// An adhesion before dispatch after dispatch, or the other way round.
    #[error("Prima della trasmissione si aderisce, dopo si può solo sostenere.")]
    WrongAdhesionKind,
    /// The adhesion does not exist, or was withdrawn.
    #[error("L'adesione indicata non esiste o è stata ritirata.")]
    NoSuchAdhesion,
    /// The addressee is not of this question.
    #[error("Il destinatario indicato non c'è in questo quesito.")]
    NoSuchAddressee,
    /// The addressee was not sent the question.
    #[error("Al destinatario indicato il quesito non è stato trasmesso.")]
    AddresseeNotReached,
    /// The point is not of this question, or was withdrawn.
    #[error("Il punto indicato non c'è in questo quesito.")]
    NoSuchPoint,
    /// The point is answered.
    #[error("Il punto ha già avuto riscontro.")]
    PointAnswered,
    /// A point is open: neither answered, nor declared unanswered, nor withdrawn.
    #[error(
        "Ci sono punti senza esito: ogni punto va riscontrato, dichiarato senza riscontro o ritirato."
    )]
    PointsOpen,
    /// After dispatch, a withdrawal needs the letter that tells the addressees.
    #[error("Dopo la trasmissione il ritiro richiede la comunicazione ai destinatari.")]
    CommunicationNeeded,
    /// What answers the question already must be named.
    #[error("Va indicato che cosa risponde già al quesito.")]
    AnswerNotNamed,
    /// The issue belongs to another coordinator.
    #[error("La segnalazione è seguita da un altro coordinamento.")]
    OtherCoordinator,
    /// The addressee was sent the question already.
    #[error("Al destinatario indicato il quesito è già stato trasmesso.")]
    AddresseeAlreadyReached,
    /// The point was declared unanswered already.
    #[error("Il punto è già stato dichiarato senza riscontro.")]
    PointAlreadyDeclared,

    /// The answer was withdrawn or superseded.
    #[error("Il riscontro non è più valido.")]
    AnswerNoLongerValid,
    /// A letter or an address must say where the answer is.
    #[error("Va indicata la comunicazione oppure l'indirizzo in cui si trova il riscontro.")]
    SourceNeeded,
    /// Only an author takes an answer back.
    #[error("Chi ritira il riscontro non è fra i suoi autori.")]
    NotAnAuthor,
    /// The two answers are already in conflict.
    #[error("La discordanza è già stata dichiarata.")]
    AlreadyInConflict,
    /// The two answers are not in conflict.
    #[error("Fra i due riscontri non risulta una discordanza aperta.")]
    NotInConflict,
    /// The answer that prevails is neither of the two.
    #[error("Il riscontro che prevale non è fra i due discordanti.")]
    PrevailsNeither,
    /// The review does not exist, or is closed.
    #[error("La verifica indicata non esiste o è già conclusa.")]
    NoSuchReview,

    /// The solution was retired or superseded.
    #[error("La soluzione non è più proposta.")]
    SolutionEnded,
    /// The version is not the current one.
    #[error("La versione della soluzione indicata non è quella corrente.")]
    NotTheCurrentVersion,
    /// This version was not validated.
    #[error("Questa versione della soluzione non è stata validata.")]
    NotValidated,
    /// This version was validated already.
    #[error("Questa versione della soluzione è già validata.")]
    AlreadyValidated,
    /// The body adopted the solution already.
    #[error("L'ente ha già recepito questa soluzione.")]
    AlreadyAdopted,
    /// The body declined the solution already.
    #[error("L'ente ha già dichiarato di non recepire questa versione.")]
    AlreadyDeclined,
    /// The adoption does not exist.
    #[error("Il recepimento indicato non esiste.")]
    NoSuchAdoption,
    /// The adoption has ended.
    #[error("Il recepimento indicato è già cessato.")]
    AdoptionAlreadyEnded,
    /// An adopted act names its kind, number and date; one to come has none.
    #[error(
        "Un atto adottato indica tipo, numero e data; uno non ancora adottato non ha numero né data."
    )]
    ActIncomplete,
    /// The basis is there already.
    #[error("Il fondamento indicato c'è già.")]
    BasisAlreadyThere,
    /// The basis is not there.
    #[error("Il fondamento indicato non c'è.")]
    NoSuchBasis,
    /// One basis at a time: an answer or a norm.
    #[error("Si indichi un riscontro oppure una norma.")]
    OneBasisOnly,
    /// The issue is attached already.
    #[error("La segnalazione è già collegata.")]
    AlreadyAttached,
    /// The issue is not attached.
    #[error("La segnalazione non è collegata.")]
    NotAttached,

    /// The letter is registered already in this register and year.
    #[error("La comunicazione ha già una registrazione valida in questo registro.")]
    AlreadyRegistered,
    /// The protocol number belongs to another letter.
    #[error("Il numero di protocollo è già di un'altra comunicazione.")]
    RegistrationTaken,
    /// The registration does not exist.
    #[error("La registrazione indicata non esiste.")]
    NoSuchRegistration,
    /// The registration was annulled already.
    #[error("La registrazione è già annullata.")]
    RegistrationAlreadyAnnulled,
    /// The counterpart is not of this letter.
    #[error("Il corrispondente indicato non c'è in questa comunicazione.")]
    NoSuchCounterpart,
    /// The document is attached already.
    #[error("Il documento è già allegato.")]
    AlreadyAttachedDocument,

    /// The entry of the registry is no longer used.
    #[error("La voce dell'anagrafica non è più in uso.")]
    Retired,
    /// The body is a member already.
    #[error("L'ente è già membro.")]
    AlreadyAMember,
    /// A catalogue entry needs what identifies it, and only that.
    #[error(
        "La norma va identificata secondo il suo tipo: URN, numero CELEX, oppure autorità e data o numero."
    )]
    NormNotIdentified,
    /// The holiday does not exist, or was repealed.
    #[error("La festività indicata non esiste o è già stata soppressa.")]
    NoSuchHoliday,
    /// The person does not have that role.
    #[error("Il ruolo indicato non risulta attribuito.")]
    NoSuchAccess,
    /// The person has that role already.
    #[error("Il ruolo è già attribuito.")]
    AlreadyGranted,
    /// The rule names no day of the year.
    #[error("La regola della festività non è valida: serve MM-GG, easter oppure easter+1.")]
    NotAHolidayRule,
}
}

impl Rejection {
    /// A stable word for it, in kebab case: the end of the problem's address.
    pub fn slug(self) -> String {
        let mut slug = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(letter.to_ascii_lowercase());
        }
        slug
    }
}
