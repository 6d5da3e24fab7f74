using Map.Core.Validation;
using Map.Hub.Binding;
using Map.Hub.Dances;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>What a commit would find wrong now.</summary>
internal sealed class ValidateHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Validate;

    public override bool MayTakeLong => true;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var validators = ValidatorTime.Of(context.Services.Options, context.Services.Time);
        var report = Validator.JudgeLatest(context.View, context.EnforcesTypes, validators).Report;
        return new CommandResponse
        {
            Findings = new Findings
            {
                Errors = { report.Violations.Select(WireWriter.ToWire) },
                Warnings = { report.Warnings.Select(WireWriter.ToWire) },
            },
        };
    }
}
