using System.CommandLine;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Tells what is wrong with a query, with the place where it is written.</summary>
internal static class QueryErrors
{
    /// <summary>Prints what was found before a daemon was asked.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(ParseResult result, ParsedQuery query)
    {
        var response = new MapResponse();
        foreach (var problem in query.Problems) response.Errors.Add(At(new HolonError { Message = problem.Message }, problem.Place));
        return Report(result, response);
    }

    /// <summary>Prints why a daemon refused it.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(ParseResult result, ParsedQuery query, MapResponse refusal)
    {
        foreach (var error in refusal.Errors)
            if (query.Find(error.Field) is { } place) At(error, place);
        return Report(result, refusal);
    }

    private static int Report(ParseResult result, MapResponse response)
    {
        if (response.Errors is [var only])
        {
            var place = only.Details?.Place is { } at ? $"{at.File}:{at.Line}:{at.Column}: " : "";
            return Output.Fail(result, ExitCodes.Refused, $"{place}{only.Message}", response);
        }

        Output.WriteFindings(response.Errors);
        return Output.Fail(result, ExitCodes.Refused, $"{Output.Count(response.Errors.Count, "error", "errors")} in the query.", response);
    }

    /// <summary>Gives an error its place; one of an option goes into its words.</summary>
    private static HolonError At(HolonError error, QueryPlace place)
    {
        if (place.Line == 0)
        {
            error.Message = $"{place}: {error.Message}";
            return error;
        }

        error.Details ??= new ErrorDetails();
        error.Details.Place = new SourcePlace { File = place.Source, Line = (uint)place.Line, Column = (uint)place.Column };
        return error;
    }
}
